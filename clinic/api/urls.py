"""The REST API; mount at ``/api/v1/``."""

from django.urls import include, path, re_path
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter

from clinic.api.clients import Clients
from clinic.api.exercises import Exercises
from clinic.api.flags import Flags
from clinic.api.pain_reports import PainReports
from clinic.api.prescriptions import Pdf, Prescriptions
from clinic.api.viewsets import NotFoundView
from clinic.api.worklist import Worklist

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("clients", Clients, basename="clients")
router.register("exercises", Exercises, basename="exercises")
router.register("prescriptions", Prescriptions, basename="prescriptions")
router.register("pain-reports", PainReports, basename="pain-reports")
router.register("flags", Flags, basename="flags")
router.register("worklist", Worklist, basename="worklist")

# No router writes an address that ends like a file.
handout = Prescriptions.as_view({"get": "handout"}, detail=True, renderer_classes=[Pdf, JSONRenderer])

urlpatterns = [
    path("prescriptions/<int:pk>/handout.pdf", handout, name="prescriptions-handout"),
    path("", include(router.urls)),
    re_path(r"", NotFoundView.as_view(), name="nowhere"),
]

"""`/readyz` and `/metrics`; mount them where a monitor has access."""

from django.urls import path

from clinic.operators import views

app_name = "clinic_operators"

urlpatterns = [
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.prometheus_metrics, name="metrics"),
]

"""The clinic's front page, the client portal and the links in mail; mount at the root of the site."""

from django.urls import path

from clinic.portal import front, history, library, mail_links, preferences, reports, today

app_name = "clinic"

urlpatterns = [
    path("", front.home, name="home"),
    path("m/<str:token>/", mail_links.link, name="link"),
    path("portal/", today.today, name="today"),
    path("portal/prescriptions/<int:pk>/do/", reports.do, name="do"),
    path("portal/report/", reports.report, name="report"),
    path("portal/history/", history.history, name="history"),
    path("portal/history/<int:pk>/correct/", history.correct, name="correct"),
    path("portal/library/", library.library, name="library"),
    path("portal/library/<slug:slug>/", library.exercise, name="exercise"),
    path("portal/settings/", preferences.settings, name="settings"),
    path("portal/sign-out/", front.sign_out, name="sign_out"),
]

"""The clinic's front page, the client portal and the links in mail; mount at the root of the site."""

from django.urls import path, re_path

from clinic.portal import (
    answer,
    films,
    front,
    handout,
    history,
    library,
    look,
    mail_links,
    morning,
    preferences,
    register,
    reports,
    session,
    today,
)

app_name = "clinic"

urlpatterns = [
    path("", front.home, name="home"),
    path("m/<str:token>/", mail_links.link, name="link"),
    path("portal/", today.today, name="today"),
    path("portal/prescriptions/<int:pk>/do/", session.do, name="do"),
    path("portal/prescriptions/<int:pk>/handout.pdf", handout.handout, name="handout"),
    path("portal/report/", reports.report, name="report"),
    path("portal/history/", history.history, name="history"),
    path("portal/history/<int:pk>/", answer.answer, name="answer"),
    path("portal/history/<int:pk>/morning/", morning.morning, name="morning"),
    path("portal/history/<int:pk>/correct/", history.correct, name="correct"),
    path("portal/library/", library.library, name="library"),
    path("portal/library/<slug:slug>/", library.exercise, name="exercise"),
    re_path(r"^portal/look/(?P<colour>[0-9a-f]{6})\.css$", look.look, name="look"),
    path("portal/films/<int:pk>/", films.film, name="film"),
    path("portal/settings/", preferences.settings, name="settings"),
    path("portal/register/", register.register, name="register"),
    path("portal/register/delete/", register.unregister, name="unregister"),
    path("portal/sign-out/", front.sign_out, name="sign_out"),
]

"""The clinic's front page, the client portal, the links in mail and to the calendar; mount at the root of the site."""

from django.urls import path, re_path

from clinic.portal import (
    answer,
    calendar_link,
    choosing,
    films,
    front,
    handout,
    history,
    installing,
    library,
    mail_links,
    my_data,
    preferences,
    progress,
    register,
    reports,
    session,
    summary,
    today,
    waiting,
)

app_name = "clinic"

urlpatterns = [
    path("", front.home, name="home"),
    path("sw.js", installing.worker, name="worker"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    re_path(r"^icons/(?P<accent>[0-9a-f]{6})/(?P<name>[a-z]+-[0-9]+)\.png$", installing.icon, name="icon"),
    path("m/<str:token>/", mail_links.link, name="link"),
    path("calendar/<str:token>.ics", calendar_link.calendar, name="calendar"),
    path("portal/", today.today, name="today"),
    path("portal/prescriptions/<int:pk>/do/", session.do, name="do"),
    path("portal/prescriptions/<int:pk>/handout.pdf", handout.handout, name="handout"),
    path("portal/prescriptions/<int:pk>/summary.pdf", summary.summary, name="summary"),
    path("portal/report/", reports.report, name="report"),
    path("portal/progress/", progress.progress, name="progress"),
    path("portal/history/", history.history, name="history"),
    path("portal/history/<int:pk>/", answer.answer, name="answer"),
    path("portal/history/<int:pk>/correct/", history.correct, name="correct"),
    path("portal/library/", library.library, name="library"),
    path("portal/library/<slug:slug>/", library.exercise, name="exercise"),
    path("portal/films/<int:pk>/", films.film, name="film"),
    path("portal/settings/", preferences.settings, name="settings"),
    path("portal/settings/reminders/<int:pk>/", choosing.choose, name="choose_reminders"),
    path("portal/settings/my-data/", my_data.my_data, name="my_data"),
    path("portal/settings/my-data/my-data.zip", my_data.download, name="my_data_zip"),
    path("portal/settings/leave/", my_data.leave, name="leave"),
    path("portal/register/", register.register, name="register"),
    path("portal/register/delete/", register.unregister, name="unregister"),
    path("portal/waiting/", waiting.waiting, name="waiting"),
    path("portal/no-network/", installing.no_network, name="no_network"),
    path("portal/sign-out/", front.sign_out, name="sign_out"),
]

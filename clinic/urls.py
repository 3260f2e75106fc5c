"""The clinic's front page, the client portal, the links in mail and to the calendar; mount at the root of the site."""

from django.urls import path, re_path

from clinic.portal import home as portal_home
from clinic.portal.library import media as library_media, page as library_page
from clinic.portal.links import calendar_feed, mail_links, register as links_register
from clinic.portal.player import page as player_page
from clinic.portal.progress import handout_pdf, page as progress_page, summary_pdf
from clinic.portal.pwa import service_worker, theme_css
from clinic.portal.reports import (
    history as reports_history,
    offline_submission,
    pages as reports_pages,
    result as reports_result,
)
from clinic.portal.settings import my_data, page as settings_page, push as settings_push, reminder_choices
from clinic.portal.today import messages as today_messages, next_morning, page as today_page

app_name = "clinic"

urlpatterns = [
    path("", portal_home.home, name="home"),
    path("sw.js", service_worker.service_worker, name="service_worker"),
    path("manifest.webmanifest", service_worker.manifest, name="manifest"),
    re_path(r"^icons/(?P<accent>[0-9a-f]{6})/(?P<name>[a-z]+-[0-9]+)\.png$", service_worker.icon, name="icon"),
    path("m/<str:token>/", mail_links.open_mail_link, name="mail_link"),
    path("calendar/<str:token>.ics", calendar_feed.calendar_feed, name="calendar_feed"),
    path("portal/", today_page.today, name="today"),
    path("portal/prescriptions/<int:pk>/do/", player_page.player, name="player"),
    path("portal/prescriptions/<int:pk>/handout.pdf", handout_pdf.handout, name="handout"),
    path("portal/prescriptions/<int:pk>/summary.pdf", summary_pdf.summary, name="summary"),
    path("portal/report/", reports_pages.report, name="report"),
    path("portal/progress/", progress_page.progress, name="progress"),
    path("portal/history/", reports_history.history, name="history"),
    path("portal/history/<int:pk>/", reports_result.report_result, name="report_result"),
    path("portal/history/<int:pk>/next-morning/", next_morning.next_morning, name="next_morning"),
    path("portal/history/<int:pk>/correct/", reports_history.correct_report, name="correct_report"),
    path("portal/messages/", today_messages.messages, name="messages"),
    path("portal/messages/<int:pk>/read/", today_messages.mark_read, name="message_read"),
    path("portal/library/", library_page.library, name="library"),
    path("portal/library/<slug:slug>/", library_page.exercise, name="exercise"),
    re_path(r"^portal/theme/(?P<color>[0-9a-f]{6})\.css$", theme_css.theme_css, name="theme_css"),
    path("portal/media/<int:pk>/", library_media.media, name="media"),
    path("portal/settings/", settings_page.settings, name="settings"),
    path("portal/settings/reminders/<int:pk>/", reminder_choices.reminder_choices, name="reminder_choices"),
    path("portal/settings/my-data/", my_data.my_data, name="my_data"),
    path("portal/settings/my-data/my-data.zip", my_data.download_my_data, name="data_export"),
    path("portal/settings/push-subscription/", settings_push.push_subscription, name="push_subscription"),
    path("portal/settings/leave/", my_data.leave, name="leave"),
    path("portal/register/", links_register.register, name="register"),
    path("portal/register/delete/", links_register.delete_registration, name="delete_registration"),
    path("portal/offline-submission/", offline_submission.offline_submission, name="offline_submission"),
    path("portal/no-network/", service_worker.no_network, name="no_network"),
    path("portal/sign-out/", portal_home.sign_out, name="sign_out"),
]

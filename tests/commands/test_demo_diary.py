"""The diaries of the demo are made up, and the same every time."""

from clinic.demo.diary import Phase, generate_entries

TWO_WEEKS = [Phase(7, 3.0), Phase(7, 6.0)]


def diary(seed="somebody", phases=TWO_WEEKS, last=1):
    return list(generate_entries(seed, phases, last))


def test_the_same_seed_tells_the_same_diary():
    assert diary() == diary()


def test_another_seed_tells_another():
    assert diary() != diary("somebody else")


def test_days_are_counted_down_to_the_last_which_always_has_a_report():
    days = [entry.days_ago for entry in diary(phases=[Phase(30, 4.0, answers=0.1)], last=3)]
    assert days == sorted(days, reverse=True)
    assert days[-1] == 3
    assert 1 <= len(days) < 15


def test_every_day_when_every_day_is_answered():
    assert [entry.days_ago for entry in diary(phases=[Phase(5, 4.0, answers=1)])] == [5, 4, 3, 2, 1]


def test_the_level_follows_the_phases():
    first, second = diary()[:5], diary()[-5:]
    assert sum(entry.before for entry in second) - sum(entry.before for entry in first) > 8


def test_scores_stay_between_0_and_10():
    for level in (0.0, 10.0):
        scores = [score for entry in diary(phases=[Phase(60, level)]) for score in (entry.before, entry.after)]
        assert min(scores) >= 0
        assert max(scores) <= 10


def test_an_answer_to_a_mail_comes_after_the_mail():
    by_mail = [entry for entry in diary(phases=[Phase(90, 4.0)]) if entry.by_mail]
    assert by_mail
    assert all(entry.minutes >= 5 for entry in by_mail)

"""The order of the screens of a session: asked before, shown once, done in sets, asked after."""

from clinic.portal.player.screens import ScreenKind, ScreenSequence
from exercises.models import Step

Phase = Step.Phase
BEND = [Phase.READY, Phase.READY, Phase.GO_IN, Phase.HOLD, Phase.REMIND, Phase.COME_OUT]


def steps(*phases):
    return [Step(number=number, title=f"Part {number}", phase=phase) for number, phase in enumerate(phases, 1)]


def names(*phases, sets=1, signs=True):
    return ScreenSequence.build(steps(*phases), sets, signs=signs).names.split()


def test_one_set_goes_through_each_step_once_and_reminds_during_the_hold():
    assert names(*BEND) == [
        "before", "signs", "step-1", "step-2", "1.step-3", "1.hold-4", "1.step-6", "after",
    ]  # fmt: skip
    hold = ScreenSequence.build(steps(*BEND), 1).find("1.hold-4")
    assert [step.number for step in hold.reminders] == [5]
    assert hold.next_step.number == 6


def test_a_later_set_rests_and_begins_at_the_first_step_that_goes_in():
    assert names(*BEND, sets=3)[6:] == [
        "1.step-6", "2.rest", "2.step-3", "2.hold-4", "2.step-6", "3.rest", "3.step-3", "3.hold-4", "3.step-6", "after",
    ]  # fmt: skip


def test_an_exercise_that_is_not_held_is_done_once():
    assert names(Phase.READY, Phase.READY, sets=3) == ["before", "signs", "step-1", "step-2", "after"]


def test_without_a_hold_what_reminds_is_a_step_like_others():
    assert names(Phase.GO_IN, Phase.REMIND) == ["before", "signs", "1.step-1", "1.step-2", "after"]


def test_two_holds_in_a_set_each_have_their_clock():
    assert names(Phase.HOLD, Phase.COME_OUT, Phase.HOLD)[2:] == ["1.hold-1", "1.step-2", "1.hold-3", "after"]


def test_what_comes_once_comes_first_wherever_it_stands():
    assert names(Phase.HOLD, Phase.READY)[2:] == ["step-2", "1.hold-1", "after"]


def test_without_signs_to_ask_the_steps_follow_at_once():
    assert names(Phase.READY, signs=False) == ["before", "step-1", "after"]


def test_each_screen_knows_its_neighbours_and_how_far_it_is():
    sequence = ScreenSequence.build(steps(*BEND), 2)
    first, last = sequence.screens[0], sequence.screens[-1]
    assert (first.back, first.next, first.percent) == ("", "signs", 0)
    assert (last.back, last.next, last.percent) == ("2.step-6", "", 100)
    assert [screen.back for screen in sequence.screens[1:]] == [screen.name for screen in sequence.screens[:-1]]


def test_a_set_shows_the_screens_of_the_first_again():
    sequence = ScreenSequence.build(steps(*BEND), 4)
    keys = [screen.key for screen in sequence.unique_screens()]
    assert keys == ["before", "signs", "step-1", "step-2", "step-3", "hold-4", "step-6", "rest", "after"]
    assert {screen.key for screen in sequence.screens} == set(keys)


def test_names_are_found_and_strange_ones_are_not():
    sequence = ScreenSequence.build(steps(*BEND), 2)
    assert sequence.find("2.rest").kind == ScreenKind.REST
    assert [sequence.find(name) for name in (None, "", "3.rest", "1.rest", "../etc")] == [None] * 5


def test_forward_is_told_from_back():
    sequence = ScreenSequence.build(steps(*BEND), 1)
    signs, step = sequence.find("signs"), sequence.find("step-1")
    assert sequence.is_forward(signs, step)
    assert not sequence.is_forward(step, signs)
    assert sequence.is_forward(None, step)

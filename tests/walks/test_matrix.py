"""The few surroundings of `make test` stand for all sixteen of `make walk`."""

from dataclasses import astuple
from itertools import combinations

from tests.walks.matrix import COVERING, EVERY


def pairs(surroundings):
    return {pair for one in surroundings for pair in combinations(enumerate(astuple(one)), 2)}


def test_each_two_values_meet_in_one_of_them():
    assert pairs(COVERING) == pairs(EVERY)


def test_there_are_sixteen_in_all():
    assert len(set(EVERY)) == 16

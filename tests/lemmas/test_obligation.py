"""The two judges of an obligation accept what is proved, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lemmas.obligation import Obligation, Outcome, Twin, evaluate, parse

SQUARE = Obligation(
    name="the square of a difference",
    goal="x**2 + y**2 - 2*x*y",
    squares={"Q": "x - y"},
    proof="Q",
    twin=Twin("2 becomes 3", goal="x**2 + y**2 - 3*x*y", model={"x": 1, "y": 1}),
)
PRODUCT = Obligation(
    name="a product of non-negative factors",
    given={"H_x": "x - 1", "H_y": "y - 1"},
    goal="x*y - 1",
    proof="H_x*H_y + H_x + H_y",
    twin=Twin("y is not bounded", drop=("H_y",), model={"x": 1, "y": 0}),
)
EQUATION = Obligation(
    name="anything times an equation",
    given={"H_y": "y"},
    equal={"E_x": "x - y"},
    goal="x*y",
    proof="y*E_x + y**2",
    twin=Twin("x is not y", drop=("E_x",), model={"x": -1, "y": 1}),
)


@pytest.mark.parametrize("obligation", [SQUARE, PRODUCT, EQUATION], ids=lambda o: o.name)
def test_proved_obligations_are_discharged(obligation: Obligation) -> None:
    assert obligation.adds_up()
    assert obligation.discharge() is Outcome.DISCHARGED
    assert obligation.find_witness() is not None
    assert obligation.refute_twin() is not None


@pytest.mark.parametrize(
    ("obligation", "proof", "why"),
    [
        (PRODUCT, "H_x*H_y + H_x + 2*H_y", "wrong coefficient"),
        (PRODUCT, "H_x*H_y + H_x", "a term is missing"),
        (PRODUCT, "0", "nothing at all"),
        (PRODUCT, "x*y - 1", "the goal itself, with a negative constant"),
        (PRODUCT, "x*H_y + H_x", "a variable to an odd power"),
        (EQUATION, "x*y", "two variables to odd powers"),
        (SQUARE, "x**2 + y**2 - 2*x*y", "negative multiplier"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_wrong_proof_of_a_true_goal_is_not_accepted(
    obligation: Obligation, proof: str, why: str
) -> None:
    wrong = replace(obligation, proof=proof)
    assert not wrong.adds_up(), why
    assert wrong.discharge() is not Outcome.DISCHARGED, why


def test_a_negative_multiplier_is_not_accepted_though_it_adds_up() -> None:
    wrong = Obligation(
        name="x >= 0 and y >= 0 do not give x >= y",
        given={"H_x": "x", "H_y": "y"},
        goal="x - y",
        proof="H_x - H_y",
        twin=Twin("as before"),
    )
    assert not wrong.adds_up()
    assert wrong.discharge() is Outcome.REFUTED


def test_an_equation_may_have_any_multiplier_but_a_given_is_no_equation() -> None:
    given = {"H_x": "x - y"}
    wrong = Obligation(
        name="an inequality used as an equation",
        given=given,
        goal="x - y",
        relation="= 0",
        proof="H_x",
        twin=Twin("as before"),
    )
    assert wrong.discharge() is Outcome.REFUTED
    right = replace(wrong, given={}, equal=given)
    assert right.discharge() is Outcome.DISCHARGED


@pytest.mark.parametrize(
    "changes",
    [
        {"given": {"x": "x - 1", "H_y": "y - 1"}, "proof": "x*H_y + x + H_y"},
        {"equal": {"H_y": "y - y"}},
        {"squares": {"H_x": "x"}},
    ],
    ids=["a hypothesis is called like a variable", "two kinds share a name", "a square too"],
)
def test_a_name_clash_is_not_accepted(changes: dict[str, object]) -> None:
    clash = replace(PRODUCT, **changes)  # type: ignore[arg-type]
    assert not clash.adds_up()
    assert clash.discharge() is not Outcome.DISCHARGED


def test_a_false_obligation_is_refuted_whatever_its_proof_says() -> None:
    for proof in ("H_x*H_y + H_x + H_y", "H_x", "0"):
        false = replace(PRODUCT, goal="x*y - 2", proof=proof)
        assert not false.adds_up()
        assert false.discharge() is Outcome.REFUTED


def test_contradictory_hypotheses_have_no_witness() -> None:
    empty = Obligation(
        name="anything follows from a contradiction",
        given={"H_up": "x - 1", "H_down": "-x"},
        goal="-1 - y**2",
        proof="(H_up + H_down)*(1 + y**2)",
        twin=Twin("one of them is dropped", drop=("H_down",)),
    )
    assert empty.discharge() is Outcome.DISCHARGED
    assert empty.find_witness() is None
    with pytest.raises(ValueError, match="no witness"):
        empty.certificate()


def test_a_given_witness_is_checked() -> None:
    found = replace(PRODUCT, witness={"x": 1, "y": 2}).find_witness()
    assert found == {"x": Fraction(1), "y": Fraction(2)}
    assert replace(PRODUCT, witness={"x": 1, "y": 0}).find_witness() is None
    assert replace(EQUATION, witness={"x": 1, "y": 0}).find_witness() is None


@pytest.mark.parametrize(
    "twin",
    [
        Twin("a weaker goal", goal="x*y"),
        Twin("a stronger hypothesis", given={"H_x": "x - 2"}),
        Twin("the goal holds at the model", goal="x*y - 2", model={"x": 2, "y": 2}),
        Twin("a hypothesis fails at the model", goal="x*y - 2", model={"x": -9, "y": 2}),
    ],
    ids=lambda twin: twin.change,
)
def test_a_twin_that_is_not_refuted_is_reported(twin: Twin) -> None:
    harmless = replace(PRODUCT, twin=twin)
    assert harmless.refute_twin() is None
    with pytest.raises(ValueError, match="twin"):
        harmless.certificate()


def test_z3_finds_the_counter_model_of_a_twin_by_itself() -> None:
    model = replace(PRODUCT, twin=Twin("y is not bounded", drop=("H_y",))).refute_twin()
    assert model is not None
    assert model["x"] >= 1
    assert evaluate(PRODUCT.goal, model) < 0


def test_names_that_mean_something_to_sympy_are_plain_variables() -> None:
    text = "S*N + E + I*Q"
    assert {symbol.name for symbol in parse(text).free_symbols} == {"S", "N", "E", "I", "Q"}
    point = {name: Fraction(k, 2) for k, name in enumerate("SNEIQ")}
    assert evaluate(text, point) == Fraction(4)


def test_linear_tells_a_decision_procedure_from_the_rest() -> None:
    assert not PRODUCT.linear
    assert replace(PRODUCT, goal="x + y - 2", proof="H_x + H_y").linear

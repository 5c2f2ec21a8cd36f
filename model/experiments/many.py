"""Runs on several cores, with their answers in the order of the questions, whatever the order in which they come."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


def ask_all(
    ask: Callable[[Question], Answer],
    questions: Sequence[Question],
    workers: int,
    told: Callable[[int, int], None] | None = None,
) -> list[Answer]:
    """
    `ask(question)` for each of them, on so many processes (in this one where `workers` is 1).

    Args:
        ask: a function of a module; what it takes and returns is plain data.
        told: told (answers so far, all) after each answer, in the order of the questions.

    Returns:
        Answers in the order of the questions.
    """
    answers: list[Answer] = []
    if workers <= 1:
        for question in questions:
            answers.append(ask(question))
            if told:
                told(len(answers), len(questions))
        return answers
    # spawned, not forked: a child of a process that has threads is not safe, and every child starts alike
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool:
        for answer in pool.map(ask, questions):
            answers.append(answer)
            if told:
                told(len(answers), len(questions))
    return answers

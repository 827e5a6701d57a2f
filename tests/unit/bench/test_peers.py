"""What the bench compares: a table and stores that give the right answers, whatever is beside them."""

from importlib import import_module
from importlib.util import find_spec

from bench import peer_stores, peer_tables


def test_the_table_answers_as_arithmetic_does() -> None:
    questions = peer_tables.questions(50, 300)
    right = [peer_tables.right(question, 50) for question in questions]
    with peer_tables.Ours(50) as ours:
        assert ours.batch(questions) == right
        assert [ours.single(question) for question in questions[:20]] == right[:20]
        cases = peer_tables.cases(questions)
        assert [ours.case(case) for case in cases] == [[peer_tables.right(question, 50) for question in case] for case in cases]
        assert sum(map(len, cases)) == 300
    assert {question["item"] for question in questions} - {f"00{number:013d}" for number in range(50)}
    assert 100 < sum(answer is not None for answer in right) < 170


def test_every_store_answers_as_the_drawn_entries_do() -> None:
    lmdb = import_module("lmdb") if find_spec("lmdb") else None
    with peer_stores.Stores(5000, lmdb) as stores:
        assert [store.name for store in stores.all] == ["ours", "sqlite", *(["lmdb"] if lmdb else [])]
        assert 4000 < stores.entries < 6000
        questions = stores.questions(500)
        right = [stores.right(question) for question in questions]
        assert {None} < set(right)
        for store in stores.all:
            assert store.batch(questions) == right
            assert [store.single(*question) for question in questions] == right

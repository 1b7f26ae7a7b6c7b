"""Faults on demand: which requests fail, how, and whether they were applied."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.emulator import ConnectionCutError
from sql_lineage_purview.emulator.testing import Fault, Faults, Refusal

HEADERS = "/datamap/api/atlas/v2/types/typedef/name/Asset"


def statuses(catalogue, specs, count, *, seed=0):
    """What `count` equal requests are answered; None where the connection ends."""
    catalogue.behave(faults=Faults.read(specs, seed=seed))
    answers = []
    for _ in range(count):
        try:
            answers.append(catalogue.emulator.handle("GET", HEADERS, {}, b"").status)
        except ConnectionCutError:
            answers.append(None)
    return answers


class TestWhen:
    @pytest.mark.parametrize(
        ("spec", "expected"),
        [
            ("503", [503, 503, 503, 503, 503, 503]),
            ("503:every=2", [200, 503, 200, 503, 200, 503]),
            ("503:first=2", [503, 503, 200, 200, 200, 200]),
            ("503:at=4", [200, 200, 200, 503, 200, 200]),
            ("cut:at=2", [200, None, 200, 200, 200, 200]),
            ("503:0%", [200, 200, 200, 200, 200, 200]),
            ("503:100%", [503, 503, 503, 503, 503, 503]),
        ],
    )
    def test_counted_and_always(self, catalogue, spec, expected):
        assert statuses(catalogue, [spec], 6) == expected

    def test_a_share_is_about_that_share_and_the_same_each_time(self, catalogue):
        first = statuses(catalogue, ["429:5%"], 1000)
        assert 30 <= first.count(429) <= 75
        assert statuses(catalogue, ["429:5%"], 1000) == first
        assert statuses(catalogue, ["429:5%"], 1000, seed=1) != first

    def test_another_fault_does_not_move_the_others(self, catalogue):
        alone = statuses(catalogue, ["429:10%"], 200)
        with_another = statuses(catalogue, ["429:10%", "500:at=3"], 200)
        assert [status for index, status in enumerate(with_another) if index != 2] == alone[
            :2
        ] + alone[3:]

    def test_the_first_that_is_due_wins(self, catalogue):
        assert statuses(catalogue, ["500:every=2", "429"], 4) == [429, 500, 429, 500]

    def test_none_without_a_fault(self, catalogue):
        assert statuses(catalogue, [], 20) == [200] * 20

    @settings(max_examples=25)
    @given(seed=st.integers(), share=st.integers(0, 100), count=st.integers(1, 60))
    def test_the_seed_tells_all(self, new_catalogue, seed, share, count):
        with new_catalogue() as first, new_catalogue() as second:
            specs = [f"500:{share}%", "cut:every=7"]
            assert statuses(first, specs, count, seed=seed) == statuses(
                second, specs, count, seed=seed
            )


class TestSpoiltAnswers:
    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("empty", b""),
            ("page", b"<html><head><title>Sign in"),
            ("cropped", b'{"mutatedEntities": '),
            ("object", b"{}"),
        ],
    )
    def test_the_request_is_applied_and_its_answer_is_none(self, catalogue, make, kind, body):
        catalogue.behave(faults=Faults.read([f"{kind}@POST"]))
        request = json.dumps({"entities": [make.dataset("t")]}).encode()
        answer = catalogue.emulator.handle("POST", "/datamap/api/atlas/v2/entity/bulk", {}, request)
        assert answer.status == 200
        assert answer.body.startswith(body)
        assert b"guidAssignments" not in answer.body
        catalogue.behave(faults=Faults())
        assert catalogue.search().payload["@search.count"] == 1

    def test_errors_stay_as_they_are(self, catalogue):
        catalogue.behave(faults=Faults.read(["empty"]))
        assert catalogue.get("/entity/guid/x").error[1] == "ATLAS-404-00-005"


class TestScope:
    @pytest.mark.parametrize(
        ("spec", "hit"),
        [
            ("500@POST", {"POST bulk", "POST search"}),
            ("500@post /search/query", {"POST search"}),
            ("500@/atlas/v2/entity/bulk", {"GET bulk", "POST bulk"}),
            ("500@POST /atlas/v2/entity/bulk", {"POST bulk"}),
            ("500@/atlas/v2/entity/*", {"GET bulk", "POST bulk", "GET name"}),
        ],
    )
    def test_a_method_and_a_path_narrow_it(self, catalogue, make, spec, hit):
        catalogue.behave(faults=Faults.read([spec]))
        requests = {
            "GET bulk": lambda: catalogue.get("/entity/bulk", guid="x"),
            "POST bulk": lambda: catalogue.create(make.dataset("t")),
            "GET name": lambda: catalogue.get(
                "/entity/uniqueAttribute/type/DataSet", attr__qualifiedName="x"
            ),
            "POST search": catalogue.search,
            "GET types": lambda: catalogue.get("/types/typedefs"),
        }
        assert {name for name, send in requests.items() if send().status == 500} == hit

    def test_only_what_it_is_narrowed_to_counts(self, catalogue, make):
        catalogue.behave(faults=Faults.read(["500@POST /atlas/v2/entity/bulk:at=2"]))
        assert [catalogue.get("/types/typedefs").status for _ in range(3)] == [200] * 3
        assert [catalogue.create(make.dataset("t")).status for _ in range(3)] == [200, 500, 200]


class TestAnswers:
    @pytest.mark.parametrize("status", [502, 503, 504])
    def test_a_proxy_answers_with_a_page(self, catalogue, status):
        catalogue.behave(faults=Faults.read([str(status)]))
        answer = catalogue.get("/types/typedefs")
        assert answer.status == status
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.payload.startswith(b"<html>")

    @pytest.mark.parametrize(
        ("status", "code"),
        [(408, "RequestTimeout"), (429, "TooManyRequests"), (413, None), (599, None)],
    )
    def test_the_gateway_has_its_own_shape(self, catalogue, status, code):
        catalogue.behave(faults=Faults.read([str(status)]))
        answer = catalogue.get("/types/typedefs")
        assert (answer.status, answer.payload.keys()) == (status, {"error"})
        assert code in (None, answer.payload["error"]["code"])
        assert "Retry-After" not in answer.headers

    def test_500_is_of_the_data_map(self, catalogue):
        catalogue.behave(faults=Faults.read(["500"]))
        assert catalogue.get("/types/typedefs").error[:2] == (500, "ATLAS-500-00-001")

    def test_retry_after(self, catalogue):
        catalogue.behave(faults=Faults.read(["503:retry-after=2"]))
        assert catalogue.get("/types/typedefs").headers["Retry-After"] == "2"


class TestApplied:
    @pytest.mark.parametrize(
        ("spec", "applied"),
        [
            ("cut@POST", 0),
            ("lost@POST", 1),
            ("408@POST", 0),
            ("408@POST:applied", 1),
            ("cut@POST:applied", 1),
        ],
    )
    def test_whether_the_request_was_applied(self, catalogue, make, spec, applied):
        catalogue.behave(faults=Faults.read([spec]))
        if spec.startswith("408"):
            assert catalogue.create(make.dataset("t")).status == 408
        else:
            with pytest.raises(ConnectionCutError):
                catalogue.create(make.dataset("t"))
        catalogue.behave(faults=Faults())
        assert catalogue.search().payload["@search.count"] == applied


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "status", "code"), [("refuse", 400, "01A"), ("refuse@404", 404, "007")]
    )
    def test_an_entity_takes_its_whole_request_with_it(self, catalogue, make, kind, status, code):
        catalogue.behave(faults=Faults.read([f"{kind}:*/dbo/bad*"]))
        answer = catalogue.create(make.dataset("good"), make.dataset("badly"))
        assert (answer.status, answer.payload["errorCode"][-3:]) == (status, code)
        assert make.server + "badly" in answer.payload["errorMessage"]
        assert catalogue.search().payload["@search.count"] == 0
        assert catalogue.create(make.dataset("good"), make.dataset("a/dbo/ba")).status == 200

    def test_it_is_for_good_and_for_updates_too(self, catalogue, make):
        guid = catalogue.table("bad")
        catalogue.behave(faults=Faults.read([f"refuse:{make.server}bad"]))
        assert [catalogue.create(make.dataset("bad")).status for _ in range(3)] == [400] * 3
        assert (
            catalogue.post("/entity", {"entity": {**make.dataset("x"), "guid": guid}}).status == 200
        )
        assert catalogue.delete(f"/entity/guid/{guid}").status == 200

    def test_referred_entities_are_refused_too(self, catalogue, make):
        catalogue.behave(faults=Faults.read(["refuse:*bad"]))
        process = make.process(inputs=[{"guid": "-bad"}])
        assert (
            catalogue.create(process, referredEntities={"-bad": make.dataset("bad")}).status == 400
        )

    def test_a_share_of_all_names_depends_on_names_alone(self, catalogue, make):
        catalogue.behave(faults=Faults.read(["refuse:10%"], seed=3))
        refused = [catalogue.create(make.dataset(f"t{index}")).status for index in range(300)]
        assert 10 <= refused.count(400) <= 60
        assert [
            catalogue.create(make.dataset(f"t{index}")).status for index in reversed(range(300))
        ][::-1] == refused


class TestReading:
    def test_all_parts(self):
        faults = Faults.read(
            [
                "429@POST /atlas/v2/entity/bulk:5%:retry-after=2",
                "refuse:mssql://s:1433/*",
                "lost:1%",
            ],
            seed=5,
        )
        assert faults == Faults(
            (
                Fault(429, "POST", "/atlas/v2/entity/bulk", share=0.05, retry_after=2),
                Fault(None, share=0.01, applied=True),
            ),
            (Refusal(400, "mssql://s:1433/*"),),
            5,
        )

    @pytest.mark.parametrize(
        ("spec", "message"),
        [
            (
                "",
                "its kind is an HTTP status from 400 to 599, cut, lost, empty, page, cropped, "
                "object or refuse; for example",
            ),
            ("200", "its kind is"),
            ("600", "its kind is"),
            ("lose:5%", "its kind is"),
            ("429:5", "'5' is not understood"),
            ("429:every=0", "'every=0' is not understood"),
            ("429:retry-after=soon", "'retry-after=soon' is not understood"),
            ("429:5%:every=2", "it has a share and a count"),
            ("refuse", "refuse takes a name, or a share of names"),
            ("refuse:", "refuse takes a name"),
            ("refuse@500:x", "refuse takes a name"),
        ],
    )
    def test_what_is_none(self, spec, message):
        with pytest.raises(ValueError, match="is no fault: ") as caught:
            Faults.read([spec])
        assert message in str(caught.value)
        assert repr(spec) in str(caught.value)


def test_a_request_that_is_let_through_is_not_changed(catalogue, make):
    catalogue.behave(faults=Faults.read(["429:first=1"]))
    body = json.dumps({"entities": [make.dataset("t")]}).encode()
    address = "/datamap/api/atlas/v2/entity/bulk"
    assert [catalogue.emulator.handle("POST", address, {}, body).status for _ in range(2)] == [
        429,
        200,
    ]


def test_who_tries_again_writes_everything_once(catalogue, make):
    catalogue.behave(
        faults=Faults.read(["429:10%", "500:10%:applied", "cut:10%", "lost:10%"], seed=11)
    )
    tries = 0
    for index in range(60):
        status = 0
        while status != 200:
            tries += 1
            try:
                status = catalogue.create(make.dataset(f"t{index}")).status
            except ConnectionCutError:
                continue
    assert 70 < tries < 150
    catalogue.behave(faults=Faults())
    hits = catalogue.search(limit=1000).payload["value"]
    assert sorted(hit["name"] for hit in hits) == sorted(f"t{index}" for index in range(60))

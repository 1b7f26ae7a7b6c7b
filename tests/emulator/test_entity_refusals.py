"""Entities that are refused: each rule of the Data Map, with its code and text."""

from __future__ import annotations

import pytest

from sql_lineage_purview.emulator import Behaviour, Limits

MISSING = "00000000-0000-0000-0000-000000000000"
INVALID = "Invalid instance creation/updation parameters passed : "


def refused(make):
    """Entities that are refused, each with the answer."""
    column = make.dataset("t#c", "azure_sql_column", data_type="int")
    long_key, long_value, long_label = "k" * 51, "v" * 501, "l" * 51
    return {
        "no type": (
            {"guid": "-1", "attributes": {}},
            (400, "ATLAS-400-00-014", "Type ENTITY with name null does not exist"),
        ),
        "an unknown type": (
            make.dataset("t", "nothing"),
            (400, "ATLAS-400-00-014", "Type ENTITY with name nothing does not exist"),
        ),
        "a type that is no entity": (
            make.dataset("t", "dataset_process_inputs"),
            (
                400,
                "ATLAS-400-00-014",
                "Type ENTITY with name dataset_process_inputs does not exist",
            ),
        ),
        "no entity": (None, (400, "ATLAS-400-00-01A", "invalid parameters: found null entity")),
        "a guid that is null": (
            {**make.dataset("t"), "guid": None},
            (400, "ATLAS-400-00-021", "ObjectId is not valid invalid guid null"),
        ),
        "an unknown guid of its own": (
            {**make.dataset("t"), "guid": MISSING},
            (404, "ATLAS-404-00-00A", f"Referenced entity {MISSING} is not found"),
        ),
        "a placeholder of no entity": (
            {**column, "relationshipAttributes": {"table": {"guid": "-1002"}}},
            (404, "ATLAS-404-00-00A", "Referenced entity -1002 is not found"),
        ),
        "an unknown guid": (
            make.process(inputs=[{"guid": MISSING}]),
            (404, "ATLAS-404-00-00A", f"Referenced entity {MISSING} is not found"),
        ),
        "an unknown name": (
            make.process(inputs=[make.named("t")]),
            (
                404,
                "ATLAS-404-00-00A",
                (
                    "Referenced entity AtlasObjectId{guid='null', typeName='azure_sql_table', "
                    f"uniqueAttributes={{qualifiedName:{make.server}t}}}} is not found"
                ),
            ),
        ),
        "a reference to an unknown type": (
            make.process(inputs=[make.named("t", "nothing")]),
            (400, "ATLAS-400-00-014", "Type ENTITY with name nothing does not exist"),
        ),
        "a reference to nothing": (
            make.process(inputs=[{"typeName": "DataSet"}]),
            (
                400,
                "ATLAS-400-00-021",
                "ObjectId is not valid AtlasObjectId{guid='null', typeName='DataSet', "
                "uniqueAttributes={}}",
            ),
        ),
        "a reference that is a text": (
            make.process(inputs=["x://t"]),
            (400, "ATLAS-400-00-021", "ObjectId is not valid x://t"),
        ),
        "one input in place of a list": (
            make.process(inputs={"guid": "-9"}),
            (
                404,
                "ATLAS-404-00-007",
                INVALID + "Process.inputs={guid=-9}: invalid value for type array<objectid>",
            ),
        ),
        "a missing name, told with its declaring type": (
            {"typeName": "azure_sql_table", "guid": "-1", "attributes": {"qualifiedName": "x://t"}},
            (
                404,
                "ATLAS-404-00-007",
                INVALID + "azure_sql_table.name: mandatory attribute value missing in type Asset",
            ),
        ),
        "all missing, of which the first is told": (
            {"typeName": "azure_sql_column", "guid": "-1"},
            (
                404,
                "ATLAS-404-00-007",
                INVALID + "azure_sql_column.qualifiedName: mandatory attribute value missing in "
                "type Referenceable",
            ),
        ),
        "a mandatory null": (
            make.dataset("t", name=None),
            (
                404,
                "ATLAS-404-00-007",
                INVALID + "azure_sql_table.name: mandatory attribute value missing in type Asset",
            ),
        ),
        "a long key": (
            {**make.dataset("t"), "customAttributes": {long_key: "v"}},
            (
                400,
                "ATLAS-400-00-08C",
                f"Invalid key: {long_key} in custom attribute, key size should not be greater "
                "than 50",
            ),
        ),
        "a key with a dot": (
            {**make.dataset("t"), "customAttributes": {"a.b": "v"}},
            (
                400,
                "ATLAS-400-00-08D",
                "Invalid key: a.b in custom attribute, key should only contain alphanumeric "
                "characters, '_' or '-'",
            ),
        ),
        "a long value": (
            {**make.dataset("t"), "customAttributes": {"k": long_value}},
            (
                400,
                "ATLAS-400-00-08E",
                f"Invalid value: {long_value} in custom attribute, value "
                "length is greater than 500",
            ),
        ),
        "a long label": (
            {**make.dataset("t"), "labels": [long_label]},
            (
                400,
                "ATLAS-400-00-08F",
                f"Invalid label: {long_label}, label size should not be greater than 50",
            ),
        ),
        "a label with a dot": (
            {**make.dataset("t"), "labels": ["a.b"]},
            (
                400,
                "ATLAS-400-00-090",
                "Invalid label: a.b, label should contain alphanumeric characters, '_' or '-'",
            ),
        ),
        "a classification": (
            {**make.dataset("t"), "classifications": [{"typeName": "PII"}]},
            (404, "ATLAS-404-00-008", "Given classification PII was invalid"),
        ),
        "attributes that are a list": (
            {**make.dataset("t"), "attributes": ["a"]},
            (400, "ATLAS-400-00-029", "attributes: expected an object, found [a]"),
        ),
    }


REFUSED = (
    *(
        "no type",
        "an unknown type",
        "a type that is no entity",
        "no entity",
        "a guid that is null",
        "an unknown guid of its own",
    ),
    *(
        "a placeholder of no entity",
        "an unknown guid",
        "an unknown name",
        "a reference to an unknown type",
    ),
    *("a reference to nothing", "a reference that is a text", "one input in place of a list"),
    *(
        "a missing name, told with its declaring type",
        "all missing, of which the first is told",
        "a mandatory null",
    ),
    *(
        "a long key",
        "a key with a dot",
        "a long value",
        "a long label",
        "a label with a dot",
        "a classification",
    ),
    "attributes that are a list",
)

BAD_VALUES = (
    ("a0", "yes", "a0=yes: invalid value for type boolean"),
    ("a1", 128, "a1=128: invalid value for type byte"),
    ("a2", "1.5", "a2=1.5: invalid value for type int"),
    ("a2", True, "a2=true: invalid value for type int"),
    ("a3", 2**63, f"a3={2**63}: invalid value for type long"),
    ("a4", "x", "a4=x: invalid value for type float"),
    ("a5", "yesterday", "a5=yesterday: invalid value for type date"),
    ("a7", "x", "a7=x: invalid value for type array<string>"),
    ("a8", {"k": "x"}, "a8.k=x: invalid value for type int"),
    ("a9", "GREEN", "a9=GREEN: invalid value for type color"),
    (
        "few",
        [1, 2, 3],
        "few: incorrect number of values. found=3; expected: minCount=0, maxCount=2",
    ),
    ("few", [1, "x"], "few[1]=x: invalid value for type int"),
)


class TestRefused:
    def test_the_list_is_complete(self, make):
        assert tuple(refused(make)) == REFUSED

    @pytest.mark.parametrize("case", REFUSED)
    def test_one_entity(self, catalogue, make, case):
        entity, error = refused(make)[case]
        assert catalogue.create(entity).error == error

    @pytest.mark.parametrize("case", REFUSED)
    def test_it_takes_all_others_with_it(self, catalogue, make, case):
        entity, error = refused(make)[case]
        for order in ((make.dataset("good"), entity), (entity, make.dataset("good"))):
            assert catalogue.create(*order).error == error
            assert catalogue.search().payload["@search.count"] == 0

    @pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES)
    def test_a_value_that_does_not_fit(self, typed, make, name, value, message):
        answer = typed.create(make.dataset("t", "sorts", **{name: value}))
        assert answer.error == (404, "ATLAS-404-00-007", f"{INVALID}sorts.{message}")

    @pytest.mark.parametrize("body", [None, {}, {"entities": []}, {"entity": None}])
    @pytest.mark.parametrize("path", ["/entity", "/entity/bulk"])
    def test_no_entities_at_all(self, catalogue, path, body):
        assert catalogue.post(path, body).error == (
            400,
            "ATLAS-400-00-01A",
            "invalid parameters: no entities to create/update.",
        )

    @pytest.mark.parametrize("attribute", ["inputs", "outputs"])
    def test_a_process_is_no_dataset(self, catalogue, make, attribute):
        second_process = catalogue.process("other")
        relationship = {"inputs": "dataset_process_inputs", "outputs": "process_dataset_outputs"}[
            attribute
        ]
        answer = catalogue.create(make.process(**{attribute: [{"guid": second_process}]}))
        assert answer.error == (
            400,
            "ATLAS-400-00-036",
            f"invalid relationshipDef: {relationship}: end type 1: Process, end type 2: Process",
        )

    def test_new_entities_are_written_before_changed_ones(self, catalogue, make):
        old = catalogue.process("old")
        changed = make.process("old", inputs=[{"guid": old}])
        created = make.process("new", outputs=[{"guid": old}])
        assert "process_dataset_outputs" in catalogue.create(changed, created).error[2]

    def test_references_by_name_do_not_see_the_same_request(self, catalogue, make):
        answer = catalogue.create(make.dataset("t"), make.process(inputs=[make.named("t")]))
        assert answer.error[1] == "ATLAS-404-00-00A"

    def test_guids_are_resolved_before_names_and_values(self, catalogue, make):
        wrong = {
            "typeName": "Process",
            "guid": "-1",
            "attributes": {"inputs": [make.named("t")], "outputs": [{"guid": "-9"}]},
        }
        assert catalogue.create(wrong).error[2] == "Referenced entity -9 is not found"


class TestSizes:
    @pytest.mark.parametrize("extra", [0, 1])
    def test_a_property_of_32_kilobytes(self, catalogue, make, extra):
        catalogue.define(
            {
                "name": "p",
                "superTypes": ["Process"],
                "attributeDefs": [
                    {"name": "columnMapping", "typeName": "string", "isOptional": True}
                ],
            }
        )
        text = "ü" * ((32 * 1024 - len("columnMapping") - 1) // 2) + "x" * (1 + extra)
        answer = catalogue.create(make.process("p", "p", columnMapping=text))
        if not extra:
            assert answer.status == 200
            return
        assert answer.error == (
            400,
            "ATLAS-400-00-01A",
            "invalid parameters: the size of p.columnMapping is 32769 bytes, which exceeds the "
            "limit of 32768",
        )

    @pytest.mark.parametrize(("length", "status"), [(4096, 200), (4097, 400)])
    def test_a_name_of_4_kilobytes(self, catalogue, make, length, status):
        assert catalogue.create(make.dataset("t", name="n" * length)).status == status

    def test_an_asset_of_2_megabytes(self, open_catalogue, make):
        catalogue = open_catalogue(behaviour=Behaviour(limits=Limits(asset_bytes=60_000)))
        fits = catalogue.create(make.dataset("t", description="d" * 30_000))
        too_big = catalogue.create(make.dataset("u", description="d" * 30_000, owner="o" * 30_000))
        assert (fits.status, too_big.status) == (200, 400)
        assert "azure_sql_table is 60" in too_big.error[2]

    def test_entities_in_one_request(self, open_catalogue, make):
        catalogue = open_catalogue(behaviour=Behaviour(limits=Limits(entities=1)))
        answer = catalogue.create(make.dataset("a"), make.dataset("b"))
        assert answer.error == (
            400,
            "ATLAS-400-00-01A",
            "invalid parameters: 2 entities in one request exceed the limit of 1",
        )
        assert catalogue.create(make.dataset("a")).status == 200

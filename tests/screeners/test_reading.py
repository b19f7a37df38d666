from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.screeners import Reading, breaks_wish, read_post, read_reply
from moderation.screeners.lexicon import shipped
from moderation.screeners.normalising import read_words
from moderation.screeners.phrases import BadPhrase, read_phrase
from moderation.screeners.weighing import FLAGGED
from moderation.screeners.words import FAMILIES, FRAMES, LABELS


def _marked(reading: Reading) -> list[str]:
    return [reading.text[cue.start : cue.end] for cue in reading.danger.cues]


@pytest.mark.parametrize(
    "written",
    [
        "I want to kill myself",
        "i wanna kms",
        "I want to k*ll myself",
        "I want to k1ll mys3lf",
        "i want to k i l l myself",
        "I wаnt to kіll mysеlf",
        "I want\u200b to ki\u200bll myself",
        "ＩＷＡＮＴ Ｉ ｗａｎｔ ｔｏ ｋｉｌｌ ｍｙｓｅｌｆ",
        "I want to killll myself",
        "I’m going to kill myself",
    ],
)
def test_letters_that_are_dressed_up_are_read(written: str) -> None:
    assert read_post(written).danger.label == "self_harm"


def test_what_was_found_is_marked_in_the_text_as_it_was_typed() -> None:
    assert "𝗐𝖺𝗇𝗍 𝗍𝗈 𝖽𝗂𝖾" in "".join(_marked(read_post("😔 ok. I really 𝗐𝖺𝗇𝗍 𝗍𝗈 𝖽𝗂𝖾, sorry.")))


def test_one_line_in_a_long_post_is_found() -> None:
    calm = "We went to the market and bought pears. " * 40
    reading = read_post(calm + "He put his hands around my throat last night. " + calm)
    assert (reading.danger.label, reading.danger.severity) == ("imminent_danger", 3)
    assert reading.danger.signs == ("strangulation",)


def test_now_makes_it_most_severe() -> None:
    assert read_post("He says he will kill me.").danger.severity == 2
    assert read_post("He says he will kill me tonight.").danger.severity == 3


def test_desire_means_and_time_make_it_most_severe() -> None:
    assert read_post("I want to die.").danger.severity == 2
    assert read_post("I want to die. I saved up the pills and tonight everyone is out.").danger.severity == 3


def test_a_frame_of_the_whole_text_does_not_touch_what_is_most_severe() -> None:
    reading = read_post("I have moved on and I am free now. But he is outside banging on the door.")
    assert (reading.danger.label, reading.danger.severity) == ("imminent_danger", 3)


def test_a_frame_in_one_sentence_leaves_the_next_alone() -> None:
    assert read_post("The commute is killing me lol. I want to kill myself.").danger.label == "self_harm"


def test_negation_denies_and_its_exceptions_do_not() -> None:
    assert not read_post("He never hit me.").danger.is_flagged
    assert read_post("I'm not going to lie, he hit me yesterday.").danger.is_flagged


def test_what_took_weight_away_is_told() -> None:
    cues = read_post("Ten years ago he hit me.").danger.cues
    assert {frame for cue in cues for frame in cue.frames} == {"past"}


def test_a_child_who_tells_of_violence_at_home_is_a_child_at_risk() -> None:
    assert read_post("I'm 14 and my dad hit me again").danger.label == "child_risk"
    assert read_post("I'm 14 weeks pregnant and my boyfriend hit me again").danger.label == "imminent_danger"


def test_the_title_is_read_too() -> None:
    reading = read_post("I do not know what to do.", title="He said he will kill me")
    assert reading.danger.label == "imminent_danger"
    assert _marked(reading)


def test_a_child_may_say_its_age_in_another_sentence() -> None:
    assert not read_post("My stepmum abuses me.").danger.cues
    assert read_post("My stepmum abuses me. I'm 13.").danger.label == "child_risk"


def test_a_phrase_that_a_divorce_has_too_needs_company() -> None:
    assert read_post("I have decided. I have a plan.").danger.severity < 3
    assert not read_post("I have decided to move out.").danger.is_flagged
    assert read_post("I have decided. I want to die tonight.").danger.severity == 3


def test_who_kills_is_told_from_who_dies() -> None:
    assert read_post("Il va me tuer.").danger.label == "imminent_danger"
    assert read_post("Je vais me tuer.").danger.label == "self_harm"


def test_what_was_yesterday_is_as_severe_only_where_it_lasts() -> None:
    assert read_post("He strangled me yesterday.").danger.severity == 3
    assert read_post("He slapped me yesterday.").danger.severity == 2


def test_an_answer_that_quotes_a_blamer_is_supportive() -> None:
    assert read_reply("Why didn't you just leave?").reply.label == "victim_blaming"
    assert not read_reply("People asked me: why didn't you just leave? As if it were easy.").reply.is_flagged


def test_a_wish_is_kept_or_broken() -> None:
    text = "You should leave him. I will pray for you."
    assert [breach.code for breach in breaks_wish(text, "practical")] == []
    assert {breach.code for breach in breaks_wish(text, "practical", ["no_leave"])} == {"no_leave"}
    assert {breach.code for breach in breaks_wish(text, "practical", ["no_leave", "no_religion"])} == {
        "no_leave",
        "no_religion",
    }
    assert "heard" in {breach.code for breach in breaks_wish(text, "heard")}
    breach = breaks_wish(text, "practical", ["no_religion"])[0]
    assert "pray" in text[breach.start : breach.end]


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", None])
@pytest.mark.parametrize("text", ["Vete de ahí.", "Déjalo ya.", "Trenn dich von ihm.", "Quitte-le !", "Leave him now."])
def test_a_short_answer_is_read_in_every_language_whatever_the_page_was_in(text: str, language: str | None) -> None:
    assert [breach.code for breach in breaks_wish(text, "practical", ["no_leave"], language)] == ["no_leave"]


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
@pytest.mark.parametrize("text", ["Te creo.", "Ich glaube dir.", "Courage à toi.", "Sending you a hug, sleep well."])
def test_a_short_kind_answer_breaks_no_wish_in_any_language(text: str, language: str) -> None:
    assert breaks_wish(text, "practical", ["no_leave", "no_religion", "no_advice"], language) == ()


def test_a_kind_answer_breaks_no_wish() -> None:
    assert breaks_wish("I believe you, and I am so sorry.", "heard", ["no_leave", "no_religion", "no_advice"]) == ()


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\x00", "\ud800", "😂" * 500, "ｷﾞ", "\u202eabc", "a\u0301" * 300])
def test_odd_texts_are_read(text: str) -> None:
    assert not read_post(text).danger.is_flagged


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(string.printable)), max_size=300))
def test_offsets_are_of_the_text_as_given(text: str) -> None:
    reading = read_post(text)
    for cue in (*reading.danger.cues, *reading.reply.cues):
        assert 0 <= cue.start < cue.end <= len(text)
    for found in reading.identifying:
        assert text[found.start : found.end] == found.text


def test_a_rule_that_cannot_be_read_is_refused() -> None:
    for broken in ("<nobody> hit", "~3", "a||b", "ab*", "~99 hit"):
        with pytest.raises((BadPhrase, ValueError)):
            read_phrase("broken.1", broken, {}, frozenset(), frozenset())


def test_every_family_label_and_frame_has_words_for_a_moderator() -> None:
    lexicon = shipped()
    for group in ("danger", "reply"):
        assert set(lexicon.families[group]) <= set(FAMILIES)
        assert {family.label for family in lexicon.families[group].values()} - {"supporting"} <= set(LABELS)
    weighing = {name for name, frame in lexicon.frames.items() if frame.factor < 1}
    assert weighing | {"negated", "quoted", "rewritten"} == set(FRAMES)


def test_every_family_that_counts_alone_can_be_found_in_every_language() -> None:
    lexicon = shipped()
    for code, language in lexicon.languages.items():
        for group in ("danger", "reply", "wish"):
            alone = {name for name, family in lexicon.families[group].items() if family.weight >= FLAGGED}
            assert alone <= language.finders[group].families(), (code, group)


def test_a_text_in_a_language_we_do_not_read_is_read_in_all() -> None:
    assert read_words("zzz qqq", shipped()).languages == ("en", "es", "fr", "de")

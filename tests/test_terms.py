"""What we say of how long something is kept is carried out by something.

Each table about a person says until when on the page "who sees what". Either it stands as long as
the account: then the database itself takes the row, or the name in it, along with the account.
Or it goes sooner, and then a test shows that it does.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from gezel.trust.declarations import Declaration, declarations

ROOT = Path(__file__).resolve().parent.parent

# How a term begins that ends with the account, and no sooner.
WITH_THE_ACCOUNT = (
    "Yours for life",
    "As long as your account exists",
    "As the goal",
    "As long as the package is kept",
    "As long as the module is kept",
    "As long as the registration it belongs to",
    "Computed anew from the evidence",
    "For good, so that estimates of earlier days",
    "The question is kept for who answered it",
    "Until you change it; it goes with your account",
)

# Every other term, and the test that shows it: where, and which.
SOONER = {
    "assessment.AskedStatement": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.Dossier": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.DossierFact": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.DossierObjection": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.DossierPiece": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.DossierRole": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.HoursKept": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.Judgement": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.Outcome": (
        "src/gezel/assessment/tests/test_dossiers.py",
        "test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays",
    ),
    "assessment.Intake": (
        "src/gezel/assessment/tests/test_making.py",
        "test_a_file_can_be_thrown_away",
    ),
    "catalogue.Activity": ("tests/test_kept.py", "test_who_shared_goes_when_it_is_off_offer"),
    "catalogue.HiddenTip": ("tests/test_kept.py", "test_who_shared_goes_when_it_is_off_offer"),
    "connect.ApiToken": (
        "tests/test_kept.py",
        "test_answers_keys_and_sessions_go_when_they_serve_nobody",
    ),
    "connect.Mail": ("tests/test_kept.py", "test_mail_goes_a_year_after_it_was_to_be_sent"),
    "connect.Message": ("tests/test_kept.py", "test_mail_goes_a_year_after_it_was_to_be_sent"),
    "certificates.Duty": (
        "src/gezel/certificates/tests/test_duties.py",
        "test_a_duty_taken_away_asks_nobody_any_more",
    ),
    "certificates.Exemption": (
        "src/gezel/certificates/tests/test_complaints.py",
        "test_reminders_and_exceptions_are_kept_as_long_as_we_say",
    ),
    "certificates.Load": (
        "src/gezel/certificates/tests/test_loading.py",
        "test_rows_go_after_thirty_days_and_the_fact_after_two_years",
    ),
    "certificates.Reminder": (
        "src/gezel/certificates/tests/test_complaints.py",
        "test_reminders_and_exceptions_are_kept_as_long_as_we_say",
    ),
    "content.ModuleIntake": (
        "src/gezel/content/tests/test_cartridges.py",
        "test_a_file_nobody_took_over_goes",
    ),
    "content.Asking": ("tests/test_kept.py", "test_what_one_takes_back_of_a_module_goes"),
    "content.CoAuthor": ("tests/test_kept.py", "test_what_one_takes_back_of_a_module_goes"),
    "content.CardPace": (
        "src/gezel/content/tests/test_pace.py",
        "test_switched_off_it_is_gone_and_cards_come_by_the_published_schedule",
    ),
    "content.Proof": (
        "src/gezel/content/tests/test_together.py",
        "test_after_a_year_the_photo_goes_and_the_evidence_stays",
    ),
    "content.Snapshot": (
        "src/gezel/content/tests/test_together.py",
        "test_fifty_versions_are_kept",
    ),
    "content.Thanks": ("tests/test_kept.py", "test_what_one_takes_back_of_a_module_goes"),
    "content.Writing": (
        "src/gezel/content/tests/test_together.py",
        "test_what_one_was_writing_comes_back_and_goes_once_saved",
    ),
    "profile.Takeout": (
        "src/gezel/profile/tests/test_leaving.py",
        "test_it_is_made_in_the_background_fetched_and_gone_after_a_week",
    ),
    "profile.PersonKey": (
        "src/gezel/profile/tests/test_keys.py",
        "test_made_bound_and_removed_on_the_page",
    ),
    "profile.Answered": (
        "src/gezel/profile/tests/test_keys.py",
        "test_an_answer_goes_after_an_hour",
    ),
    "profile.Brought": (
        "src/gezel/profile/tests/test_arriving.py",
        "test_what_nobody_took_over_goes_after_a_month",
    ),
    "records.Document": (
        "src/gezel/records/tests/test_documents.py",
        "test_a_state_goes_with_its_person_and_stays_in_the_house",
    ),
    "records.Forward": (
        "src/gezel/records/tests/test_systems.py",
        "test_a_forward_is_made_paused_and_removed",
    ),
    "records.Key": (
        "src/gezel/records/tests/test_systems.py",
        "test_old_keys_and_loose_files_go",
    ),
    "content.Place": (
        "src/gezel/content/tests/test_devices.py",
        "test_a_finished_round_has_no_place",
    ),
    "content.Upload": (
        "src/gezel/content/tests/test_uploads.py",
        "test_the_night_takes_what_nobody_went_on_with",
    ),
    "gatherings.Division": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_what_was_kept_of_a_session_goes_after_two_years",
    ),
    "gatherings.GroupMember": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_what_was_kept_of_a_session_goes_after_two_years",
    ),
    "gatherings.GroupMove": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_what_was_kept_of_a_session_goes_after_two_years",
    ),
    "gatherings.GroupWish": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_what_was_kept_of_a_session_goes_after_two_years",
    ),
    "gatherings.Invited": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_what_was_kept_of_a_session_goes_after_two_years",
    ),
    "gatherings.News": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_what_was_kept_of_a_session_goes_after_two_years",
    ),
    "gatherings.Place": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_what_was_kept_of_a_session_goes_after_two_years",
    ),
    "gatherings.Timetable": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_a_timetable_goes_three_months_after_its_last_day",
    ),
    "gatherings.Giver": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_a_timetable_goes_three_months_after_its_last_day",
    ),
    "gatherings.Wisher": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_a_timetable_goes_three_months_after_its_last_day",
    ),
    "gatherings.Proposed": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_a_timetable_goes_three_months_after_its_last_day",
    ),
    "gatherings.ProposedPlace": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_a_timetable_goes_three_months_after_its_last_day",
    ),
    "gatherings.SessionWish": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_what_was_kept_of_a_session_goes_after_two_years",
    ),
    "gatherings.Feed": (
        "src/gezel/gatherings/tests/test_kept.py",
        "test_a_secret_address_goes_when_it_is_taken_back",
    ),
    "mfa.Authenticator": (
        "src/gezel/connect/tests/test_accounts.py",
        "test_what_one_signs_in_with_goes_when_one_removes_it",
    ),
    "people.Employment": (
        "tests/test_kept.py",
        "test_who_left_goes_two_years_later_and_the_person_stays",
    ),
    "people.Intake": (
        "src/gezel/people/tests/test_importing.py",
        "test_old_lists_are_forgotten",
    ),
    "people.JoinRequest": (
        "src/gezel/people/tests/test_importing.py",
        "test_who_is_asked_joins_by_saying_yes",
    ),
    "people.Mandate": (
        "tests/test_kept.py",
        "test_who_left_goes_two_years_later_and_the_person_stays",
    ),
    "paths.Exemption": (
        "src/gezel/paths/tests/test_actions.py",
        "test_exceptions_go_two_years_after_they_ended",
    ),
    "plans.SharedGoal": ("tests/test_kept.py", "test_a_shared_goal_goes_with_the_name_in_it"),
    **dict.fromkeys(
        ("profile.Share", "profile.Opening"),
        ("tests/test_kept.py", "test_links_to_a_profile_go_a_year_after_they_ended"),
    ),
    "profile.PatternsSwitch": (
        "src/gezel/profile/tests/test_patterns.py",
        "test_off_until_switched_on_and_off_again_leaves_nothing",
    ),
    "skills.EvidenceRequest": (
        "tests/test_kept.py",
        "test_closed_questions_and_old_figures_of_raters_go",
    ),
    "skills.RaterFit": (
        "tests/test_kept.py",
        "test_closed_questions_and_old_figures_of_raters_go",
    ),
    "skills.Showing": (
        "src/gezel/skills/tests/test_employers.py",
        "test_leaving_ends_the_choice_and_coming_back_begins_without_one",
    ),
    "skills.SkillAlias": (
        "src/gezel/catalogue/tests/test_finding.py",
        "test_an_alias_finds_as_soon_as_it_is_confirmed_and_until_it_is_taken_back",
    ),
    "trust.LetGoOn": (
        "src/gezel/trust/tests/test_braking.py",
        "test_reasons_go_after_two_years",
    ),
    "trust.Event": (
        "src/gezel/trust/tests/test_log.py",
        "test_words_about_looking_go_after_two_years_and_those_of_credentials_stay",
    ),
    "trust.LegalRecord": (
        "src/gezel/trust/tests/test_erasure.py",
        "test_the_law_keeps_the_least_until_its_day",
    ),
    "trust.ManyLooks": (
        "src/gezel/trust/tests/test_braking.py",
        "test_reasons_go_after_two_years",
    ),
    "trust.Reading": ("tests/test_kept.py", "test_who_looked_goes_after_two_years"),
    "usersessions.UserSession": (
        "src/gezel/connect/tests/test_accounts.py",
        "test_sign_out_everywhere_else",
    ),
}


def _label(told: Declaration) -> str:
    return told.model._meta.label


def _on_delete(told: Declaration) -> Iterator[str]:
    """What the database does along each way from this table to the person it is about."""
    for path in told.person:
        model = told.model
        for name in () if path == "pk" else path.split("__"):
            field = model._meta.get_field(name)
            yield field.remote_field.on_delete.__name__  # type: ignore[union-attr]
            model = field.related_model  # type: ignore[assignment]


@pytest.mark.parametrize("told", declarations(), ids=_label)
def test_a_term_is_carried_out_by_something(told: Declaration) -> None:
    assert set(_on_delete(told)) <= {"CASCADE", "SET_NULL"}, "an account could not be removed"
    with translation.override("en"):
        term = str(told.term)
    if term.startswith(WITH_THE_ACCOUNT):
        assert _label(told) not in SOONER, "its term says that it stands as long as the account"
        return
    assert _label(told) in SOONER, f"nothing is named that carries out: {term}"
    file, name = SOONER[_label(told)]
    tests = ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    assert name in {t.name for t in tests if isinstance(t, ast.FunctionDef)}, f"no {name} in {file}"

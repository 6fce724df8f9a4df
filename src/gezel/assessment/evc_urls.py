"""Addresses of EVC, below /evc/."""

from django.urls import path

from gezel.assessment import panels
from gezel.assessment.views.evc import dossiers, judging, portfolio, standards

app_name = "evc"

urlpatterns = [
    path("", dossiers.home, name="home"),
    path("panel/", panels.panel_evc, name="panel"),
    path("standards/<int:pk>/", dossiers.standard, name="standard"),
    path("standards/<int:pk>/begin/", dossiers.begin, name="begin"),
    path("tasks/<int:pk>/", dossiers.answer_task, name="answer_task"),
    path("statements/<uuid:asked_key>/", portfolio.statement, name="statement"),
    path("opened/", standards.opened, name="opened"),
    path("setup/", standards.setup, name="setup"),
    path("setup/save/", standards.save_setup, name="save_setup"),
    path("setup/people/", standards.ask_for, name="ask_for"),
    path("setup/people/<int:pk>/end/", standards.end_task, name="end_task"),
    path("setup/new/", standards.new_standard, name="new_standard"),
    path("setup/occupation/<int:pk>/", standards.of_occupation, name="of_occupation"),
    path("setup/file/", standards.bring_standard, name="bring_standard"),
    path("setup/<int:pk>/", standards.edit_standard, name="edit_standard"),
    path("setup/<int:pk>/step/", standards.standard_step, name="standard_step"),
    path("setup/<int:pk>/parts/", standards.part, name="new_part"),
    path("setup/<int:pk>/parts/<int:part_pk>/", standards.part, name="part"),
    path("setup/<int:pk>/parts/<int:part_pk>/remove/", standards.remove_part, name="remove_part"),
    path("<uuid:key>/", dossiers.dossier, name="dossier"),
    path("<uuid:key>/aim/", dossiers.aim, name="aim"),
    path("<uuid:key>/people/<str:kind>/<int:seat>/", dossiers.people, name="people"),
    path("<uuid:key>/step-back/", dossiers.hand_back, name="hand_back"),
    path("<uuid:key>/intake/", dossiers.intake, name="intake"),
    path("<uuid:key>/hand-in/", dossiers.hand_in, name="hand_in"),
    path("<uuid:key>/more/", dossiers.back_to_portfolio, name="more"),
    path("<uuid:key>/employer/", dossiers.employer, name="employer"),
    path("<uuid:key>/hours/", dossiers.hours, name="hours"),
    path("<uuid:key>/hours/<uuid:row_key>/", dossiers.take_back_hours, name="take_back_hours"),
    path("<uuid:key>/end/", dossiers.end, name="end"),
    path("<uuid:key>/throw-away/", dossiers.throw_away, name="throw_away"),
    path("<uuid:key>/result/", dossiers.result, name="result"),
    path("<uuid:key>/keep/", dossiers.keep, name="keep"),
    path("<uuid:key>/plan/", dossiers.plan, name="plan"),
    path("<uuid:key>/object/", dossiers.object_to, name="object"),
    path("<uuid:key>/objection/<uuid:objection_key>/", dossiers.decide, name="decide"),
    path("<uuid:key>/take-along/<str:form>/", dossiers.take_along, name="take_along"),
    path("<uuid:key>/add/<str:kind>/", portfolio.add, name="add"),
    path("<uuid:key>/gather/", portfolio.gather, name="gather"),
    path("<uuid:key>/ask/", portfolio.ask, name="ask"),
    path(
        "<uuid:key>/asked/<uuid:asked_key>/", portfolio.withdraw_question, name="withdraw_question"
    ),
    path("<uuid:key>/pieces/<uuid:piece_key>/", portfolio.piece, name="piece"),
    path("<uuid:key>/pieces/<uuid:piece_key>/remove/", portfolio.remove, name="remove_piece"),
    path("<uuid:key>/pieces/<uuid:piece_key>/file/", portfolio.file, name="piece_file"),
    path("<uuid:key>/judging/", judging.judging, name="judging"),
    path("<uuid:key>/judging/<int:part_pk>/", judging.judge, name="judge"),
    path("<uuid:key>/judging/finish/", judging.finish, name="finish"),
    path("<uuid:key>/together/", judging.together, name="together"),
    path("<uuid:key>/together/agree/", judging.agree, name="agree"),
]

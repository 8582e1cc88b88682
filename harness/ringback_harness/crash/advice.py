"""What to change in a program that fails a question."""

from __future__ import annotations

from collections.abc import Mapping

from ringback_harness.crash.scenarios import Question

ADVICE: Mapping[Question, str] = {
    Question.DIALS_ONCE: (
        "Send a call's POST again only when the platform has said that it did not act on it: 429, or 503 "
        "with Retry-After. After a lost, broken or late answer, and after 500, 502 and 504, look for the "
        "call (GET /api/v2/conversations/calls) instead. Turn off whatever repeats requests below you."
    ),
    Question.TELLS_THE_TRUTH: (
        "End with 0 only after an answer with the id of a call, and check the status of every answer. After "
        "such an answer the call is placed, whatever happens next. Where the answer was lost, say that the "
        "outcome is unknown."
    ),
    Question.WAITS: (
        "Read Retry-After, in seconds and as an HTTP date, and send nothing before; without it pause, longer "
        "each time."
    ),
    Question.GIVES_UP: (
        "Give every request a timeout, and bound the attempts and the seconds they may take in all."
    ),
    Question.RECOVERS: (
        "Try once more where nothing can happen twice: after 429, after 503 with Retry-After, after a failed "
        "login with client credentials, and after a 401 with a new token."
    ),
    Question.LOGS_IN_ONCE: (
        "Keep the token until it ends. After a 401 get one new token, try once more, and take a second "
        "401 as the answer."
    ),
    Question.SURVIVES: (
        "Ignore fields that you do not know, and take an unknown value for what it is: one that was added "
        "later."
    ),
    Question.CHECKS_CERTIFICATE: (
        "Never turn the verification of certificates off: what answers could be anybody, and gets your token."
    ),
    Question.LEAVES_NOBODY_WAITING: (
        "After a lost answer read the call: a consult that runs is to be completed or called off, and "
        "whoever is on hold to be taken back, before the program ends."
    ),
    Question.KNOWS_THE_END: (
        "Read the call (GET) after each gap: when a socket was lost or refused, and when heartbeats come and "
        "events do not. Follow it until every leg has ended, and end with 0 then."
    ),
}

"""Every problem that an answer may be, by status and kind: the last part of its ``type``, which is stable. Which of
them a route may answer stands with the route, with its kind of caller, and here for what all have in common. A test
holds this against the code."""

BODY = ["malformed_json", "unknown_field", "missing_field", "wrong_type", "invalid_value", "body_too_large", "not_json"]
QUERY = ["invalid_value"]
PLACED = ["bad_cursor"]
# Of any route: ours, and the gateway's own (infra/stack/api.yaml).
ALWAYS = ["refused", "forbidden", "not_found", "too_many_calls", "internal", "unavailable"]
SIGNED_IN = ["unauthorised", "token_expired"]
# Where a body is sent that is not taken, whatever the route.
UNWANTED = ["not_json", "body_too_large"]
# What only connections are told (functions/frames.py).
FRAMES = [
    "greeted_already", "connection_over", "hello_missing", "not_an_operator", "too_many_connections", "not_text",
    "frame_too_large", "too_many_frames",
]  # fmt: skip
# The gateway answers "not_found" for a method that no route takes, so this reaches nobody through it.
NOWHERE = ["method_not_allowed"]

# The gateway and the services behind it fail under several statuses.
PROBLEMS: dict[int, dict[str, str]] = {
    400: {
        "bad_cursor": "The place in the list or chat is not one that was given out.",
        "bad_heading": "The first line of the file does not name the columns.",
        "blank_identifier": "What to search by is blank.",
        "card_number": "This holds a card number, and those are never kept.",
        "chat_unknown": "There is no such chat on this site.",
        "client_id_used": "The client id was used for another chat.",
        "identity_differs": "The details differ from what the site says.",
        "identity_invalid": "The site's statement about who is signed in does not hold.",
        "invalid_value": "The value of the field is not one that it takes.",
        "malformed_json": "The body is not well-formed JSON.",
        "missing_field": "The field is required.",
        "no_identifier": "A name, an email address or a phone number is needed.",
        "no_such_place": "The item has no such line, span or file.",
        "not_text": "Frames are text.",
        "not_utf8": "The file is not UTF-8 text.",
        "operator_unknown": "There is no such operator on this site.",
        "reason_needed": "The reason is kept with this, and needed.",
        "refused": "The gateway cannot take the request as it is.",
        "too_few_words": "Anybody may have written these words: more are needed.",
        "too_old": "It may not be kept any more, so it is not taken.",
        "too_many_days": "The days are more than one file holds.",
        "unknown_field": "There is no such field.",
        "weak_password": "The password is not as the rule says.",
        "wrong_chat_key": "The key of the chat is none of ours, or too old.",
        "wrong_code": "The code is wrong, used or too old.",
        "wrong_type": "The field takes another type of value.",
    },
    401: {
        "connection_over": "The connection has ended.",
        "hello_missing": "The first frame must be a hello.",
        "not_an_operator": "The ticket is not an operator's of this site.",
        "sign_in_over": "The sign-in took too long or was used already.",
        "signed_out": "Nobody is signed in here any more.",
        "token_expired": "The token has expired.",
        "token_invalid": "The token is not one of ours.",
        "token_missing": "The token of the chat is missing.",
        "unauthorised": "Nobody is signed in.",
        "wrong_credentials": "The user name or the password is wrong.",
    },
    403: {
        "account_disabled": "The account cannot be used any more.",
        "forbidden": "This is not allowed.",
        "not_our_desk": "Only the desk of the company that runs the system may do this.",
        "origin_not_allowed": "The website that asks is not one of those allowed.",
        "refused": "The gateway does not take the request.",
        "second_person_needed": "Somebody else must approve this.",
        "wrong_group": "Who is signed in is not of the group that may do this.",
    },
    404: {
        "answer_address_not_found": "The answer goes to no other address.",
        "canned_reply_not_found": "There is no such canned reply.",
        "chat_not_found": "There is no such chat, or it is another's.",
        "copy_not_found": "There is no copy to fetch.",
        "correspondence_not_found": "There is no such call or email.",
        "disclosure_not_found": "There is no such disclosure.",
        "document_not_found": "There is no such document.",
        "file_not_found": "There is no such file.",
        "item_not_found": "There is nothing of this reference, or nothing was found for the request.",
        "letter_not_found": "There is no such letter.",
        "not_found": "There is nothing at this address.",
        "operator_not_found": "There is no such operator on this site.",
        "promise_not_found": "The notice has no such promise, or nothing has looked at it yet.",
        "purchase_not_found": "There is no such purchase.",
        "redaction_not_found": "There is no such redaction.",
        "request_not_found": "There is no such request.",
        "site_not_found": "There is no such site, or it is another's.",
    },
    405: {"method_not_allowed": "This address does not take this method."},
    409: {
        "answered_already": "The request is approved or answered.",
        "approved_already": "The review has ended; the approval can be taken back.",
        "assigned_already": "Another operator has the chat.",
        "being_answered": "What was approved is being done just now.",
        "changed_meanwhile": "Somebody else changed it just now; look again.",
        "chat_changed": "Somebody else changed the chat just now; look again.",
        "chat_closed": "The chat has ended.",
        "chat_full": "The chat holds as many messages as it may.",
        "greeted_already": "The connection has said who it is.",
        "letter_not_to_send": "The letter has gone, or goes by itself.",
        "no_address": "There is no address to send a copy to.",
        "no_operator_yet": "No operator has written in the chat yet, so no copy is mailed.",
        "no_such_reason": "Something is left out for a reason that the law does not have.",
        "no_erasure": "Only an erasure or an objection takes anything from the system log.",
        "no_log_removal": "Nobody has proposed that anything goes from the system log.",
        "no_candidate": "It was found by what the person has proven.",
        "no_copy": "There is no copy to fetch: not approved, or over.",
        "not_a_complaint": "Only of a complaint the person is told how it goes.",
        "not_a_rectification": "Only a request for rectification corrects anything.",
        "not_approved": "There is no approval to take back.",
        "not_extendable": "The request cannot be extended (again).",
        "not_pausable": "Only the clock of an access request stands still.",
        "not_paused": "The clock does not stand still.",
        "not_suppressed": "No mail to the address of this request is stopped.",
        "not_rectifiable": "This field cannot be corrected.",
        "not_searched": "This has not been searched yet.",
        "not_under_review": "It is not under review.",
        "held_by_request": "An open data-protection request has found the chat.",
        "nothing_failed": "Nothing has failed.",
        "nothing_to_choose": "It is sure whose the email is.",
        "nothing_to_correct": "Nothing has been noted to correct.",
        "own_account": "Nobody can disable their own account.",
        "paused": "We wait for what the person was asked for.",
        "paused_already": "The clock stands still already.",
        "promise_not_failing": "The promise is not known to fail.",
        "recorded_already": "A purchase with this payment reference is recorded already.",
        "request_full": "The request holds as much as it may; it can be approved and ended.",
        "no_unlock": "Nobody has proposed to unlock this, or the unlock has ended.",
        "not_restricted": "The use of this is not restricted.",
        "restricted": "The use of this is restricted (UK GDPR Art 18).",
        "unlocked_already": "This is unlocked already.",
        "request_ended": "What was asked in the chat has been answered.",
        "too_late_to_extend": "The month within which an extension must be told is over.",
        "too_many_canned_replies": "The site's canned replies hold as much as they may.",
        "too_many_descriptions": "As many chats are described as may be.",
        "too_many_corrections": "The details were corrected as often as they may be.",
        "too_many_documents": "As many documents were sent as may be.",
        "too_many_operators": "As many operators answer as may.",
        "too_many_redactions": "As much is left out as may be.",
        "username_taken": "The user name is taken.",
        "wrong_state": "The request is not in a state that allows this.",
    },
    413: {
        "body_too_large": "The body or file is too large.",
        "frame_too_large": "The frame is too large.",
        "too_many_lines": "The file has too many lines: it is to be split.",
    },
    415: {"not_json": "The body is not of a type that is taken here."},
    429: {
        "too_many_calls": "There are too many calls just now.",
        "too_many_chats": "Too many chats were opened from this address.",
        "too_many_connections": "The chat or site has too many connections.",
        "too_many_frames": "Too many frames came over the connection, which ends.",
        "too_many_copies": "As many copies were sent today as may be.",
        "too_many_requests": "Too many requests came from this address.",
        "too_many_tries": "There were too many tries.",
    },
    500: {"internal": "Something went wrong on our side."},
    502: {"internal": "Something went wrong on our side."},
    503: {"unavailable": "It cannot be done just now; the same call is safe to try again."},
    504: {"internal": "Something took too long on our side."},
}


def by_status(kinds: set[str]) -> dict[int, dict[str, str]]:
    """Those of PROBLEMS that are of ``kinds``. Raises KeyError for a kind that is none."""
    found = {
        status: {kind: meaning for kind, meaning in some.items() if kind in kinds} for status, some in PROBLEMS.items()
    }
    if unknown := kinds - {kind for some in found.values() for kind in some}:
        raise KeyError(f"no such problem: {', '.join(sorted(unknown))}")
    return {status: some for status, some in found.items() if some}

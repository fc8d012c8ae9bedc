"""Who answers for the data, and how to reach them (UK GDPR Art 13(1)(a), 30(1)(a))."""

CONTROLLER = "IMsupporting LTD"
CONTACT = "dataprotection@imsupporting.com"
COMPLAINTS = "https://ico.org.uk/make-a-complaint/"
# Data Protection Act 2018, s 164A.
COMPLAIN_TO_US = (
    "You have the right to complain to us about how we use your personal data: by our form, where you choose "
    f"“Complain”, by mail to {CONTACT}, by letter, by telephone or in person. Within 30 days we tell you that we have "
    "your complaint. We look into it, tell you how it goes, and tell you without undue delay what came of it."
)
TRANSFERS = "None: all data stay in the United Kingdom (AWS, London)."
SAFEGUARDS = (
    "Data are encrypted where they lie and on their way. Each part of the system may reach only what it needs. Every "
    "view of personal data by staff is recorded. Nothing personal is written to logs."
)

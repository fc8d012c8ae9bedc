"""Who answers for the data, and how to reach them (UK GDPR Art 13(1)(a), 30(1)(a))."""

CONTROLLER = "IMsupporting LTD"
CONTACT = "dataprotection@imsupporting.com"
COMPLAINTS = "https://ico.org.uk/make-a-complaint/"
TRANSFERS = "None: all data stay in the United Kingdom (AWS, London)."
SAFEGUARDS = (
    "Data are encrypted where they lie and on their way. Each part of the system may reach only what it needs. Every "
    "view of personal data by staff is recorded. Nothing personal is written to logs."
)

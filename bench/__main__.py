"""``make bench``: each table with what it measures."""

from bench import answers, bundle, calls, cold_start, endings, pages

if __name__ == "__main__":
    print(f"cold start (budget of the visitor function: {cold_start.BUDGET} x)\n")
    cold_start.main()
    print("\nDynamoDB calls and capacity units of a chat of 20 messages\n")
    calls.main()
    print("\nDynamoDB calls where much ends at once\n")
    endings.main()
    print("\nDynamoDB calls to answer an access request\n")
    answers.main()
    print("\nthe copy of a person's data\n")
    bundle.main()
    print("\nwrite units of whole chats, by messages in a page\n")
    pages.main()

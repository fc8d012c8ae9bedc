"""``make bench``: each table with what it measures."""

from bench import cold_start, pages

if __name__ == "__main__":
    print(f"cold start (budget of the visitor function: {cold_start.BUDGET} x)\n")
    cold_start.main()
    print("\nwrite units of whole chats, by messages in a page\n")
    pages.main()

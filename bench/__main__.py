"""``make bench``."""

from bench import cold_start

if __name__ == "__main__":
    print("cold start: import and first client, CPU time")
    cold_start.main()

"""`python -m flywheel`: the command line without the console script."""

from flywheel.cli import main

if __name__ == "__main__":
    main()

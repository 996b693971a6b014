from bentoml.cli import main

main()

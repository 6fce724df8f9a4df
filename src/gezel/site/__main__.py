from gezel.site.cli import main

main()

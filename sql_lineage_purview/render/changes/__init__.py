"""What two states of a project differ in, for a person, a program, a pull request and a build."""

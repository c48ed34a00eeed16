module github.com/bailiwick-project/bailiwick/tools

go 1.26

module example.org/fee

go 1.26

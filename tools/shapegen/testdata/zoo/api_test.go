package zoo

var _ = service.Op("Close", nil, nil) // a row in a test is no row

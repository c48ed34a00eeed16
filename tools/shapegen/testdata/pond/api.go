// Package pond stands for a slice of a REST service.
package pond

// The generator reads these rows; nothing compiles them.
var rows = `
	service.Streamed(service.Op("PutFish", mayPutFish, putFish))
	service.Op("GetFish", mayGetFish, getFish)
	service.Op("ListFish", mayListFish, listFish)
	service.Op("WatchFish", mayWatchFish, watchFish)
`

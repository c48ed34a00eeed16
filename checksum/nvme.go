package checksum

import (
	"encoding/binary"
	"hash/crc64"
)

// polynomialNVME is CRC-64/NVME, reflected: the one of the NVM Express
// specification, section "64b CRC". Its check value, of "123456789", is
// ae8b14860a799888.
const polynomialNVME = 0x9a6c9329ac4bc9b5

// slices are the tables of slicing-by-8: table i advances a byte over i more
// bytes. The library builds them anew for each long write of a polynomial that it
// does not know.
var slicesNVME = func() *[8]crc64.Table {
	var t [8]crc64.Table
	t[0] = *crc64.MakeTable(polynomialNVME)
	for i := range 256 {
		crc := t[0][i]
		for j := 1; j < 8; j++ {
			crc = t[0][byte(crc)] ^ crc>>8
			t[j][i] = crc
		}
	}
	return &t
}()

// nvme is the running checksum; its zero value is that of no bytes.
type nvme uint64

func (n *nvme) Write(p []byte) (int, error) {
	crc, t, rest := ^uint64(*n), slicesNVME, p
	for len(rest) >= 8 {
		crc ^= binary.LittleEndian.Uint64(rest)
		crc = t[7][byte(crc)] ^ t[6][byte(crc>>8)] ^ t[5][byte(crc>>16)] ^ t[4][byte(crc>>24)] ^
			t[3][byte(crc>>32)] ^ t[2][byte(crc>>40)] ^ t[1][byte(crc>>48)] ^ t[0][crc>>56]
		rest = rest[8:]
	}
	for _, b := range rest {
		crc = t[0][byte(crc)^b] ^ crc>>8
	}
	*n = nvme(^crc)
	return len(p), nil
}

func (n *nvme) Sum(b []byte) []byte { return binary.BigEndian.AppendUint64(b, uint64(*n)) }
func (n *nvme) Reset()              { *n = 0 }
func (n *nvme) Size() int           { return 8 }
func (n *nvme) BlockSize() int      { return 1 }

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// inclusion says that an entry is in the tree of a size; hashes go from the leaf upwards.
type inclusion struct {
	Leaf int64       `json:"leaf"`
	Size int64       `json:"size"`
	Path []tlog.Hash `json:"path"`
}

// consistency says that the tree of a new size begins with that of an old one.
type consistency struct {
	Old  int64       `json:"old"`
	New  int64       `json:"new"`
	Path []tlog.Hash `json:"path"`
}

type allProofs struct {
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

// memory is the log as tlog stores it: every hash of every complete subtree.
type memory struct {
	entries [][]byte
	hashes  []tlog.Hash
}

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = m.hashes[index]
	}
	return found, nil
}

// grow appends entries up to a size: entry i is SHA-256(seed, i as eight bytes, big-endian).
func (m *memory) grow(seed string, size int64) error {
	for n := int64(len(m.entries)); n < size; n++ {
		entry := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(seed), uint64(n)))
		hashes, err := tlog.StoredHashes(n, entry[:], m)
		if err != nil {
			return err
		}
		m.entries, m.hashes = append(m.entries, entry[:]), append(m.hashes, hashes...)
	}
	return nil
}

// build writes a log that grows through the sizes: "vkey", "tile/", one "checkpoint.<size>"
// for each size, "checkpoint" for the last, and "proofs.json".
func build(folder, origin, seed string, sizes []int64) (string, error) {
	secret := sha256.Sum256([]byte(seed))
	skey, vkey, err := note.GenerateKey(bytes.NewReader(secret[:]), origin)
	if err != nil {
		return "", err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return "", err
	}
	if err := write(folder, "vkey", []byte(vkey+"\n")); err != nil {
		return "", err
	}
	log, before := &memory{}, int64(0)
	for _, size := range sizes {
		if err := log.grow(seed, size); err != nil {
			return "", err
		}
		if err := publish(folder, log, before, size, signer); err != nil {
			return "", err
		}
		before = size
	}
	if err := writeProofs(folder, log, sizes); err != nil {
		return "", err
	}
	return fmt.Sprintf("built: %d entries of %s", before, origin), nil
}

// publish writes what is new since the size before, then the checkpoint.
func publish(folder string, log *memory, before, size int64, signer note.Signer) error {
	for _, tile := range tlog.NewTiles(tileHeight, before, size) {
		// NewTiles names every width on the way; those between two checkpoints are not needed.
		rest := int(size >> (tileHeight * uint(tile.L)) % tileWidth)
		if tile.W != tileWidth && tile.W != rest {
			continue
		}
		data, err := tlog.ReadTileData(tile, log)
		if err != nil {
			return err
		}
		if err := write(folder, tilePath(strconv.Itoa(tile.L), tile.N, tile.W), data); err != nil {
			return err
		}
		if tile.L == 0 {
			first := tile.N * tileWidth
			bundle := joined(log.entries[first : first+int64(tile.W)])
			if err := write(folder, tilePath(entries, tile.N, tile.W), bundle); err != nil {
				return err
			}
		}
	}
	root, err := tlog.TreeHash(size, log)
	if err != nil {
		return err
	}
	signed, err := signCheckpoint(tlog.Tree{N: size, Hash: root}, signer)
	if err != nil {
		return err
	}
	if err := write(folder, fmt.Sprintf("checkpoint.%d", size), signed); err != nil {
		return err
	}
	return write(folder, "checkpoint", signed)
}

// joined is an entry bundle: every entry behind its length as a big-endian uint16.
func joined(entries [][]byte) []byte {
	var bundle []byte
	for _, entry := range entries {
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(entry)))
		bundle = append(bundle, entry...)
	}
	return bundle
}

// writeProofs proves the first, the middle and the last entry of each size, and each pair of
// sizes.
func writeProofs(folder string, log *memory, sizes []int64) error {
	var all allProofs
	for i, size := range sizes {
		for _, leaf := range []int64{0, size / 2, size - 1} {
			path, err := tlog.ProveRecord(size, leaf, log)
			if err != nil {
				return err
			}
			all.Inclusion = append(all.Inclusion, inclusion{leaf, size, path})
		}
		for _, old := range sizes[:i] {
			path, err := tlog.ProveTree(size, old, log)
			if err != nil {
				return err
			}
			all.Consistency = append(all.Consistency, consistency{old, size, path})
		}
	}
	data, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return write(folder, "proofs.json", data)
}

func write(folder, path string, data []byte) error {
	file := filepath.Join(folder, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

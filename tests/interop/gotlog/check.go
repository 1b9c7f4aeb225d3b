package main

import (
	"encoding/binary"
	"fmt"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Every entry's hash is compared; proofs are made for this many entries, spread over the log.
const proofs = 64

// check judges the log in a folder: its checkpoint, tiles and entry bundles, and that it has
// grown from each of the older checkpoints.
func check(folder, vkey string, older []string) (string, error) {
	// 1. The checkpoint bears the log's signature.
	key, err := note.NewVerifier(vkey)
	if err != nil {
		return "", err
	}
	tree, err := openCheckpoint(filepath.Join(folder, "checkpoint"), key)
	if err != nil {
		return "", err
	}
	if tree.N == 0 {
		return "", fmt.Errorf("the log is empty")
	}
	// 2. The tiles hash to the signed root. This reader refuses tiles that do not.
	reader := tlog.TileHashReader(tree, folderReader{folder})
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return "", err
	}
	if root != tree.Hash {
		return "", fmt.Errorf("the tiles do not hash to the signed root")
	}
	// 3. Every entry in the bundles is a leaf of the tree; a spread of them is proved.
	if err := checkEntries(folder, tree, reader); err != nil {
		return "", err
	}
	// 4. The tree begins with each older one.
	for _, file := range older {
		if err := checkGrown(file, key, tree, reader); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("accepted: %d entries of %s, grown from %d older checkpoints",
		tree.N, key.Name(), len(older)), nil
}

func checkEntries(folder string, tree tlog.Tree, reader tlog.HashReader) error {
	every := tree.N/proofs + 1
	for first := int64(0); first < tree.N; first += tileWidth {
		bundle, err := readBundle(folder, first/tileWidth, tree.N-first)
		if err != nil {
			return err
		}
		indexes := make([]int64, len(bundle))
		for i := range bundle {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i, entry := range bundle {
			leaf := first + int64(i)
			if tlog.RecordHash(entry) != hashes[i] {
				return fmt.Errorf("entry %d is not what its leaf says", leaf)
			}
			if leaf%every != 0 && leaf != tree.N-1 {
				continue
			}
			proof, err := tlog.ProveRecord(tree.N, leaf, reader)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, leaf, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %v", leaf, err)
			}
		}
	}
	return nil
}

// readBundle reads the entries of one bundle: as many as the tree has there, at most 256.
func readBundle(folder string, index, left int64) ([][]byte, error) {
	width := tileWidth
	if left < tileWidth {
		width = int(left)
	}
	data, err := readTile(folder, entries, index, width)
	if err != nil {
		return nil, err
	}
	var found [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("entry bundle %d is cut off", index)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		found, data = append(found, data[2:end]), data[end:]
	}
	if len(found) != width && len(found) != tileWidth {
		return nil, fmt.Errorf("entry bundle %d holds %d entries, not %d", index, len(found), width)
	}
	return found[:width], nil
}

func checkGrown(file string, key note.Verifier, tree tlog.Tree, reader tlog.HashReader) error {
	older, err := openCheckpoint(file, key)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, older.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("not grown from the %d entries of %s: %v", older.N, file, err)
	}
	return nil
}

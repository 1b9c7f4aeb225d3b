package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	entries    = "entries"
)

// tilePath is the path of C2SP tlog-tiles: tile/<level>/<index>[.p/<width>], where tlog's own
// Tile.Path would begin with tile/8/<level>. The level may be "entries".
func tilePath(level string, index int64, width int) string {
	number := fmt.Sprintf("%03d", index%1000)
	for index /= 1000; index > 0; index /= 1000 {
		number = fmt.Sprintf("x%03d/%s", index%1000, number)
	}
	if width < tileWidth {
		number += ".p/" + strconv.Itoa(width)
	}
	return "tile/" + level + "/" + number
}

// readTile reads a tile or bundle of that width, or the full one that has replaced it.
func readTile(folder, level string, index int64, width int) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(folder, tilePath(level, index, width)))
	if errors.Is(err, fs.ErrNotExist) && width < tileWidth {
		return os.ReadFile(filepath.Join(folder, tilePath(level, index, tileWidth)))
	}
	return data, err
}

// folderReader is a tlog.TileReader over a folder.
type folderReader struct{ folder string }

func (r folderReader) Height() int { return tileHeight }

func (r folderReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, err := readTile(r.folder, strconv.Itoa(tile.L), tile.N, tile.W)
		if err != nil {
			return nil, err
		}
		// A full tile may stand in for a partial one; tlog refuses any other length.
		if want := tile.W * tlog.HashSize; len(data) == tileWidth*tlog.HashSize {
			data = data[:want]
		}
		found[i] = data
	}
	return found, nil
}

// Nothing is kept between reads, so there is nothing to do with verified tiles.
func (r folderReader) SaveTiles([]tlog.Tile, [][]byte) {}

// openCheckpoint verifies a C2SP tlog-checkpoint: a note whose text is origin, size and root.
func openCheckpoint(file string, key note.Verifier) (tlog.Tree, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(key))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != key.Name() {
		return tlog.Tree{}, fmt.Errorf("%s is not a checkpoint of %s", file, key.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("%s: malformed size", file)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %v", file, err)
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

func signCheckpoint(tree tlog.Tree, signer note.Signer) ([]byte, error) {
	root := base64.StdEncoding.EncodeToString(tree.Hash[:])
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), tree.N, root)
	return note.Sign(&note.Note{Text: text}, signer)
}

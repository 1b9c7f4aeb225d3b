// Command gotlog lets Go's own transparency-log packages judge a log of ours, and build one
// for us to judge.
//
//	gotlog check FOLDER VKEY [OLDER-CHECKPOINT ...]
//	gotlog build FOLDER ORIGIN SEED SIZE [SIZE ...]
//
// FOLDER holds "checkpoint" and "tile/", as C2SP tlog-tiles lays them out. The hashing, the
// proofs and the notes are golang.org/x/mod/sumdb/tlog and .../note; only the paths and the
// three lines of a checkpoint are read and written here, because those packages speak the
// older dialect of the Go checksum database.
//
// It prints one line. The exit status is 0 if all is well, 1 if the log is refused, and 2 if
// the arguments are wrong.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	words, err := run(os.Args[1:])
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println(words)
}

func run(args []string) (string, error) {
	switch {
	case len(args) >= 3 && args[0] == "check":
		return check(args[1], args[2], args[3:])
	case len(args) >= 5 && args[0] == "build":
		return build(args[1], args[2], args[3], sizes(args[4:]))
	}
	usage()
	return "", nil
}

// sizes reads rising numbers of entries.
func sizes(args []string) []int64 {
	var found []int64
	for _, arg := range args {
		size, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || size < 1 || len(found) > 0 && size <= found[len(found)-1] {
			usage()
		}
		found = append(found, size)
	}
	return found
}

func usage() {
	fmt.Fprintln(os.Stderr, "gotlog check FOLDER VKEY [OLDER-CHECKPOINT ...]")
	fmt.Fprintln(os.Stderr, "gotlog build FOLDER ORIGIN SEED SIZE [SIZE ...]")
	os.Exit(2)
}

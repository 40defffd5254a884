package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// file is one file of the archive.
type file struct {
	content    []byte
	executable bool
}

func (f file) mode() fs.FileMode {
	if f.executable {
		return 0o755
	}
	return 0o644
}

// write makes an archive of files by their paths, all below one folder. The suffix of output
// says which kind.
func write(output, folder string, files map[string]file, modified time.Time) error {
	var packed bytes.Buffer
	pack := packTar
	if strings.HasSuffix(output, ".zip") {
		pack = packZip
	}
	if err := pack(&packed, folder, files, modified); err != nil {
		return fmt.Errorf("pack %s: %w", output, err)
	}
	return os.WriteFile(output, packed.Bytes(), 0o644) //nolint:gosec // for everyone to download
}

func packTar(to io.Writer, folder string, files map[string]file, modified time.Time) error {
	compressed, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		header := &tar.Header{Name: path.Join(folder, name), Size: int64(len(f.content)), Mode: int64(f.mode()), ModTime: modified}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(f.content); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressed.Close()
}

func packZip(to io.Writer, folder string, files map[string]file, modified time.Time) error {
	archive := zip.NewWriter(to)
	archive.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(to, flate.BestCompression)
	})
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		header := &zip.FileHeader{Name: path.Join(folder, name), Method: zip.Deflate, Modified: modified}
		header.SetMode(f.mode())
		entry, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(f.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

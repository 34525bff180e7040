package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	sealed "otabench/reports/evidence"
	"otabench/reports/evidence/key"
)

// keyView is a key as a script sees it.
type keyView struct {
	Name    string `json:"name"`
	ID      string `json:"keyid"`
	PEM     string `json:"public_key"`
	Private string `json:"private_file,omitempty"`
	Public  string `json:"public_file,omitempty"`
}

func viewKey(p key.Public) keyView { return keyView{Name: p.Name, ID: p.ID(), PEM: string(p.PEM())} }

func (a *app) key() *cobra.Command {
	c := &cobra.Command{
		Use:   "key",
		Short: "Make keys that run folders are signed with",
		Long: `Make keys that run folders are signed with, and show them.

A private key stays with its owner; a public one is given to everybody who is to know the owner's signature. Keys that
you trust always lie in your folder of trusted keys, which verify reads by itself: ` + trustedDir() + `.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("unknown subcommand %q", args[0])
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error { return usage("key needs a subcommand: new or show") },
	}
	c.AddCommand(a.keyNew(), a.keyShow())
	return c
}

func trustedDir() string {
	dir, err := key.TrustedDir()
	if err != nil {
		return "none, since " + err.Error()
	}
	return dir
}

func (a *app) keyNew() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "new NAME",
		Short: "Make an Ed25519 key: NAME.pem, which only you may read, and NAME.pub.pem for everybody",
		Example: `  otabench key new rack-3 -o ~/keys
  otabench run --key ~/keys/rack-3.pem
  otabench verify runs/nightly --key ~/keys/rack-3.pub.pem`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if inRun(dir) {
				return usage("%s is a run folder; a private key there would leave the lab with the report", dir)
			}
			k, err := key.New(args[0])
			if err != nil {
				return usage("%w", err)
			}
			private, public, err := k.Write(dir)
			if err != nil {
				return usage("%w", err)
			}
			view := viewKey(k.Public())
			view.Private, view.Public = private, public
			return a.print(view, func(w io.Writer) {
				fmt.Fprintf(w, "%s  %s\nprivate %s: keep it to yourself; who has it signs as you\npublic  %s: give it to who is to know your signature\n",
					view.Name, view.ID, private, public)
			})
		},
	}
	c.Flags().StringVarP(&dir, "output", "o", ".", "folder for both files")
	_ = c.MarkFlagDirname("output")
	return c
}

// inRun says whether a folder is, or lies in, that of a run.
func inRun(dir string) bool {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for {
		_, err := os.Lstat(filepath.Join(abs, recordFile))
		if err == nil || sealed.Sealed(abs) {
			return true
		}
		if up := filepath.Dir(abs); up != abs {
			abs = up
			continue
		}
		return false
	}
}

func (a *app) keyShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show FILE...",
		Short:   "Show the public half of keys, from public or private files",
		Example: "  otabench key show ~/keys/rack-3.pub.pem",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var views []keyView
			for _, path := range args {
				p, err := key.ReadPublic(path)
				if errors.Is(err, key.ErrPrivate) {
					var k *key.Key
					if k, err = key.Read(path); err == nil {
						p = k.Public()
					}
				}
				if err != nil {
					return usage("%w", err)
				}
				views = append(views, viewKey(p))
			}
			return a.print(map[string]any{"keys": views}, func(w io.Writer) {
				for _, v := range views {
					fmt.Fprintf(w, "%s  %s\n%s", v.Name, v.ID, v.PEM)
				}
			})
		},
	}
}

// readKey reads the private key that a flag names.
func readKey(path string) (*key.Key, error) {
	if inRun(filepath.Dir(path)) {
		return nil, usage("--key %s lies in a run folder, which leaves the lab; keep private keys elsewhere", path)
	}
	k, err := key.Read(path)
	if err != nil {
		return nil, usage("--key: %w", err)
	}
	return k, nil
}

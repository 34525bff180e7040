package backend

import (
	"net/http"
)

func (b *Backend) serveDirector(w http.ResponseWriter, r *http.Request, v *vehicle) {
	b.serveMetadata(w, r, v.director)
}

func (b *Backend) serveImages(w http.ResponseWriter, r *http.Request, _ *vehicle) {
	b.serveMetadata(w, r, b.images)
}

func (b *Backend) serveMetadata(w http.ResponseWriter, r *http.Request, of *repository) {
	data, err := b.metadata(of, r.PathValue("name"))
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case data == nil:
		http.NotFound(w, r)
	default:
		giveFile(w, data)
	}
}

// metadata is one file of a repository, which is renewed before somebody asks how fresh it is.
func (b *Backend) metadata(of *repository, name string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := of.renew(); err != nil {
		return nil, err
	}
	return of.file(name), nil
}

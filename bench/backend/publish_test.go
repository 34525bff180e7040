package backend_test

import (
	"bytes"
	"testing"

	"otabench/bench/backend"
	"otabench/ecu/ota/cloud"
)

func TestVehicleFindsAndDownloadsWhatIsPublished(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	r := release("c1")
	publish(t, b, r, vin)

	for _, target := range []string{bcm, gateway, cloud.CampaignPath} {
		director, image := c.info(backend.Director, target), c.info(backend.Images, target)
		if !director.Equal(*image) {
			t.Errorf("%s: the director says %v, the image repository %v", target, director, image)
		}
		if image.Custom != nil {
			t.Errorf("%s: the image repository says %s, which is the director's matter", target, *image.Custom)
		}
		got, err := c.download(target)
		must(t, err)
		if want, ok := r.Files[target]; ok && !bytes.Equal(got, want) {
			t.Errorf("%s is not what was published", target)
		}
		if target == cloud.CampaignPath {
			if campaign := decode[cloud.Campaign](t, got); campaign.Offer.Campaign != "c1" || len(campaign.Members) != 2 {
				t.Errorf("campaign is %+v", campaign)
			}
		}
	}
	for target, want := range map[string]cloud.Custom{
		bcm:     {ECU: "bcm", Hardware: "BCM-A"},
		gateway: {ECU: "gateway", Hardware: "GW-A", Counter: 7},
	} {
		if got := decode[cloud.Custom](t, *c.info(backend.Director, target).Custom); got != want {
			t.Errorf("the director says %+v of %s, want %+v", got, target, want)
		}
	}
}

func TestNothingIsOfferedBeforePublish(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	for _, of := range []backend.Repository{backend.Director, backend.Images} {
		u := c.updater(of)
		must(t, u.Refresh())
		if got := u.GetTopLevelTargets(); len(got) != 0 {
			t.Errorf("%s has %v", of, got)
		}
	}
}

func TestReleaseSupersedesTheOneBefore(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	publish(t, b, release("c1"), vin)
	must(t, c.check(bcm, "BCM-A"))
	next := release("c2")
	next.Members = next.Members[:1]
	delete(next.Files, gateway)
	next.Custom = nil
	publish(t, b, next, vin)
	must(t, c.check(bcm, "BCM-A"))
	got, err := c.download(cloud.CampaignPath)
	must(t, err)
	if campaign := decode[cloud.Campaign](t, got); campaign.Offer.Campaign != "c2" {
		t.Errorf("campaign is %+v", campaign)
	}
	u := c.updater(backend.Director)
	must(t, u.Refresh())
	if _, ok := u.GetTopLevelTargets()[gateway]; ok {
		t.Error("the director still tells of what the new release has not")
	}
}

func TestCancelEmptiesTheDirector(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	publish(t, b, release("c1"), vin)
	must(t, c.check(bcm, "BCM-A"))
	must(t, b.Cancel(vin))
	u := c.updater(backend.Director)
	must(t, u.Refresh())
	if got := u.GetTopLevelTargets(); len(got) != 0 {
		t.Errorf("the director has %v", got)
	}
	if _, err := c.download(bcm); err != nil {
		t.Errorf("the image repository: %v", err)
	}
	mention(t, b.Cancel("NOBODY"), "NOBODY")
	log := b.Audit()
	if len(log) != 2 || log[0].Text != `published campaign "c1", version "2.0"` || log[1].Text != "cancelled the campaign" {
		t.Errorf("audit log is %+v", log)
	}
}

func TestReleaseMustFitTogether(t *testing.T) {
	tests := []struct {
		name   string
		spoil  func(*backend.Release)
		reason string
	}{
		{"missing package", func(r *backend.Release) { delete(r.Files, bcm) }, bcm},
		{"path that leaves", func(r *backend.Release) { r.Files["../x"] = nil }, "../x"},
		{"path of the description", func(r *backend.Release) { r.Files[cloud.CampaignPath] = nil }, cloud.CampaignPath},
		{"custom of nothing", func(r *backend.Release) { r.Custom["x"] = cloud.Custom{} }, `"x"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, dial := start(t, backend.Options{})
			c := provision(t, b, vin, dial)
			r := release("c1")
			test.spoil(&r)
			mention(t, b.Publish(vin, r), `"c1"`, vin, test.reason)
			u := c.updater(backend.Images)
			must(t, u.Refresh())
			if got := u.GetTopLevelTargets(); len(got) != 0 {
				t.Errorf("the image repository has %v", got)
			}
		})
	}
}

func TestPathHasOneContentForAllVehicles(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	other := provision(t, b, vin2, dial)
	publish(t, b, release("c1"), vin)
	mention(t, b.Publish(vin2, release("c2")), vin2, vin, "cancel that first")
	mention(t, b.Publish("NOBODY", release("c2")), "NOBODY")
	must(t, c.check(bcm, "BCM-A"))
	must(t, b.Cancel(vin))
	publish(t, b, release("c2"), vin2)
	must(t, other.check(bcm, "BCM-A"))
}

func TestCredentials(t *testing.T) {
	b, err := backend.New(backend.Options{})
	must(t, err)
	first, err := b.Provision(vin)
	must(t, err)
	must(t, b.RotateRoot())
	again, err := b.Provision(vin)
	must(t, err)
	if !bytes.Equal(first.DirectorRoot, again.DirectorRoot) || !bytes.Equal(first.ImagesRoot, again.ImagesRoot) {
		t.Error("the roots differ; both must be of version 1")
	}
	if bytes.Equal(first.Certificate.Certificate[0], again.Certificate.Certificate[0]) {
		t.Error("the certificates are the same")
	}
	if first.VIN != vin || first.Address != "https://updates.example" || first.Certificate.Leaf.Subject.CommonName != vin {
		t.Errorf("credentials are of %s at %s for %s", first.VIN, first.Address, first.Certificate.Leaf.Subject)
	}
	if err := first.Certificate.Leaf.CheckSignatureFrom(b.Authority()); err != nil {
		t.Errorf("the vehicle's certificate: %v", err)
	}
	for _, bad := range []string{"", "wotabench", "WOTABENCH000000001X", "../x"} {
		if _, err := b.Provision(bad); err == nil {
			t.Errorf("VIN %q is taken", bad)
		}
	}
}

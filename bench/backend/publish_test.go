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

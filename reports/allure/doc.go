// Package allure writes a run as a folder of Allure results, from which Allure makes its report.
//
// Each spec has one result. Allure knows fewer verdicts: a failed or marginal spec is failed, a void or aborted one
// broken, one that was not run skipped. The message begins with the verdict, and a category for each keeps them apart.
// Requirements are stories, other labels tags; measurements are parameters and, with all their digits, an attachment
// beside the console and the voltage at the terminals. In a run of many specs only those that did not pass have
// attachments, as four files for each of ten thousand specs serve nobody.
//
// A spec that ran several times has one result, of its worst end. Allure would show the last of several as what counts.
//
//	root, err := os.OpenRoot("runs/2026-03-02")
//	if err != nil {
//		return err
//	}
//	defer root.Close()
//	return allure.Write(root, run)
//
// Then "allure generate runs/2026-03-02/allure-results" makes the report.
package allure

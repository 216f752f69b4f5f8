import type { PersonId } from '#kernel';

/** How many a cohort would call, as a run has counted them. */
export function cohortCountedPath(runId: number): string {
  return `/notices/counted/${runId}`;
}

/** Cohorts, print jobs, and the form to make a new one. */
export const noticesPath = '/notices';

/** Shows who would be in a cohort, in figures, before it is frozen. */
export const cohortPreviewPath = '/notices/preview';

/** Freezes a cohort. */
export const cohortsPath = '/notices/cohorts';

/** One frozen cohort. */
export function cohortPath(cohortId: number): string {
  return `${cohortsPath}/${cohortId}`;
}

/** The people of a cohort by name, those in or those left out for a reason to look at; `after` pages on. */
export function cohortPeoplePath(cohortId: number, isIncluded: boolean, after?: PersonId): string {
  const which = `${cohortPath(cohortId)}/people?which=${isIncluded ? 'in' : 'out'}`;
  return after === undefined ? which : `${which}&after=${after}`;
}

/** Where a print job of a cohort is begun. */
export function cohortPrintPath(cohortId: number): string {
  return `${cohortPath(cohortId)}/print`;
}

/** One print job with its files. */
export function printJobPath(printJobId: number): string {
  return `/notices/prints/${printJobId}`;
}

/** Stops or resumes a print job. */
export function printJobActionPath(printJobId: number, action: 'stop' | 'resume'): string {
  return `${printJobPath(printJobId)}/${action}`;
}

/** A printed file. */
export function printFilePath(printJobId: number, part: number): string {
  return `${printJobPath(printJobId)}/files/${part}`;
}

/** The layouts and the seal. */
export const layoutsPath = '/notices/forms';

/** Registers the picture of a seal. */
export const sealsPath = '/notices/seals';

/** One layout, how it prints and what can be changed of it. */
export function layoutPath(layoutId: string): string {
  return `${layoutsPath}/${layoutId}`;
}

/** One printed page, to look at and to print again. */
export function printedPagePath(printJobId: number, part: number, page: number): string {
  return `${printFilePath(printJobId, part)}/pages/${page}`;
}

/** The picture of a printed page. */
export function pagePicturePath(printJobId: number, part: number, page: number): string {
  return `${printedPagePath(printJobId, part, page)}/picture`;
}

/** Prints a range of pages of a file once more. */
export function reprintPath(printJobId: number, part: number): string {
  return `${printFilePath(printJobId, part)}/reprint`;
}

/** A sample of a form, with nobody's data. */
export function samplePath(layoutId: string): string {
  return `/notices/forms/${layoutId}/sample`;
}

/** A printed bundle before it is posted. */
export function dispatchPath(printJobId: number): string {
  return `${printJobPath(printJobId)}/dispatch`;
}

/** A paper that goes with a bundle. */
export function companionPath(printJobId: number, kind: string): string {
  return `${dispatchPath(printJobId)}/${kind}`;
}

/** The institutions under contract as a paper to enclose. */
export const institutionListPath = '/notices/institutions';

/** The institutions whose contract is for a programme. */
export function institutionListOf(programme: string): string {
  return `${institutionListPath}?${new URLSearchParams({ programme }).toString()}`;
}

/** The year plan, of a fiscal year where one is named. */
export function planPath(year: number | null): string {
  return year === null ? '/notices/plan' : `/notices/plan?year=${year}`;
}

/** Ends a line of the plan. */
export const planEndPath = '/notices/plan/end';

/** Adds a line for each of some papers. */
export const planManyPath = '/notices/plan/many';

/** Approves several cohorts of the plan. */
export const planApprovePath = '/notices/plan/approve';

/** Begins to print several approved cohorts of the plan. */
export const planPrintPath = '/notices/plan/print';

/** The plan after its cohorts were asked for. */
export const planAskedPath = '/notices/plan?asked=yes';

/** Makes the cohorts that the plan wants now. */
export const planMakePath = '/notices/plan/make';

/** Approves or declines the cohort of a planned month. */
export function plannedDecisionPath(cohortId: number): string {
  return `${cohortPath(cohortId)}/decision`;
}

/** What came of what was sent. */
export const campaignsPath = '/notices/campaigns';

/** What came of one printing that called people. */
export function campaignPath(printJobId: number): string {
  return `${campaignsPath}/${printJobId}`;
}

/** Sends once more the notices of a campaign that were not handed over. */
export function campaignAgainPath(printJobId: number): string {
  return `${campaignPath(printJobId)}/again`;
}

/** Letters that the post brought back. */
export const returnsPath = '/notices/returns';

/** Adds a person to a frozen cohort or takes one out. */
export function cohortHandPath(cohortId: number): string {
  return `${cohortPath(cohortId)}/hand`;
}

/** Whose letter of a cohort would not come out or not arrive. */
export function cohortCheckPath(cohortId: number): string {
  return `${cohortPath(cohortId)}/check`;
}

/** How a person wants to be told. */
export function wishPath(personId: PersonId): string {
  return `/persons/${personId}/notices`;
}

/** Cancels a form of a person without a new one. */
export function formCancelPath(personId: PersonId): string {
  return `/persons/${personId}/forms/cancel`;
}

/** Printing for one person. */
export function personPrintPath(personId: PersonId): string {
  return `/persons/${personId}/print`;
}

/** Materials that tell of vaccination (啓発資材). */
export const outreachPath = '/notices/outreach';

/** One material with its dispatches. */
export function materialPath(materialId: number): string {
  return `${outreachPath}/${materialId}`;
}

/** The file of a material. */
export function materialFilePath(materialId: number): string {
  return `${materialPath(materialId)}/file`;
}

/** Records a dispatch of a material. */
export function materialDispatchPath(materialId: number): string {
  return `${materialPath(materialId)}/dispatches`;
}

/** Takes back a recorded dispatch. */
export function materialWithdrawalPath(materialId: number): string {
  return `${materialPath(materialId)}/withdrawal`;
}

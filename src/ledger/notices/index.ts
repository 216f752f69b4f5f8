export { registerSeal } from './change-layout.ts';
export { type CohortTaskTools, createCohortTasks } from './cohort-tasks.ts';
export { createCohort, getCohort, previewCohort } from './create-cohort.ts';
export { createDeliverTask, deliverTask, type ElectronicNotice, type NoticeChannels } from './deliver-messages.ts';
export { drawDocument } from './draw-document.ts';
export type { LayoutInput } from './layout-schema.ts';
export type { FormLayout, FormValues } from './layout-types.ts';
export {
  type FormLayoutSummary,
  getFormLayout,
  listFormLayouts,
  type NoticeContext,
  type NoticeLibrary,
  openNoticeLibrary,
} from './library.ts';
export { getPrintJob, listPrintJobs, readPrintFile } from './list-print-jobs.ts';
export { noticesPath, personPrintPath, wishPath } from './pages/paths.ts';
export { printPanel } from './pages/person-print.ts';
export { createNightlyPlan, createPlanTask, planTask } from './plan-task.ts';
export { printTask, readInputs, resumePrintJob, runPrintJob, startPrintJob } from './print-cohort.ts';
export { type PrintedForm, printForPerson } from './print-for-person.ts';
export { createPrintTask, type PrintTaskTools } from './print-task.ts';
export { type NoticeTools, noticeContext } from './route-parts.ts';
export { registerNoticeRoutes } from './routes.ts';
export { loadIssuedForms } from './routes-person.ts';
export type {
  Cohort,
  CohortConditions,
  CohortCounts,
  CohortMember,
  CohortSummary,
  PageFinding,
  PrintFile,
  PrintJob,
  PrintJobState,
  PrintJobSummary,
  ReasonCount,
} from './types.ts';

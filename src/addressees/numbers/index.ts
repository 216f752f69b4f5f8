export { type ComparedNumbers, compareIndividualNumbers } from './compare-numbers.ts';
export { confirmIndividualNumber, findPersonIdByIndividualNumber } from './confirm-individual-number.ts';
export { enterApprovedNumbers } from './entry/enter-approved.ts';
export { importIndividualNumbers } from './import-individual-numbers.ts';
export {
  findIntegratedNumber,
  findPersonIdByIntegratedNumber,
} from './integrated-numbers.ts';
export { connectNational } from './intermediate/connect-peer.ts';
export { exchangeWithIntermediate } from './intermediate/exchange-with-intermediate.ts';
export { letterDigest } from './intermediate/letter-digest.ts';
export { listNationalWork } from './intermediate/peer-store.ts';
export { type AskedOfUs, listAskedOfUs, prepareProvision } from './intermediate/provisions.ts';
export {
  findRelayedAnswer,
  listFinishedRelays,
  type RelayedAnswer,
  requestInquiry,
} from './intermediate/request-relays.ts';
export type { NationalWork } from './intermediate/types.ts';
export { sealFeedDigest } from './number-keys.ts';
export { listNumberQuestions, type NumberQuestion, settleNumberQuestion } from './number-questions.ts';
export { individualNumberPanel } from './pages/number-pages.ts';
export { individualNumberPath, registerDifferencesPath, relaysPath } from './pages/paths.ts';
export { registerConfirmationPanel } from './pages/register-pages.ts';
export { prepareVault, type VaultPreparation } from './prepare-vault.ts';
export { askResidentNetwork } from './resident-network/ask-resident-network.ts';
export { countOpenDifferences, listConfirmationsOf } from './resident-network/confirmation-store.ts';
export { getNumberState, revealIndividualNumber } from './reveal-individual-number.ts';
export { isRotationOpen, type KeyRotationResult, rewrapDataKeys, rotateDataKeys } from './rotate-keys.ts';
export { registerNumberRoutes } from './routes.ts';
export {
  type ConfirmAnswer,
  type NumberState,
  type RevealedNumber,
  type VaultContext,
} from './types.ts';
export { type DataKeyState, describeVaultKeys, startVaultOver, type VaultKeys } from './vault-keys.ts';

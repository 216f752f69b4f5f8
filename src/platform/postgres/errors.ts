/**
 * The database cannot be used and a person at the machine must act: the message is one Japanese sentence that says
 * what happened and what to do. Exit code 2 at the command line.
 */
export class DatabaseTrouble extends Error {
  override readonly name = 'DatabaseTrouble';
}

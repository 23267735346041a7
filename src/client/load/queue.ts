/**
 * What the workloads need of a message queue, so that other brokers can be put through the same ones as the relay.
 * @module
 */
import type { Recorder } from './figures.ts'

/** Messages in one batch, lease or list of confirmations. */
export const BATCH_MESSAGES = 100

/** One connection of a sender, with one message at a time on it. */
export interface Sending {
  /**
   * Offers a new message and resolves once it is durable.
   * @param made gets what the message is known by, before it is sent
   * @returns false when it was refused; that is counted already
   */
  submit(made?: (id: string) => void): Promise<boolean>
}

/** One connection of a receiver. */
export interface Collecting {
  /**
   * Takes up to a number of messages, content and all, and confirms each.
   * @param waitSeconds how long to wait for the first
   * @param got gets what they are known by, as soon as their content is there
   * @returns how many were confirmed
   */
  collect(
    limit: number,
    waitSeconds: number,
    got?: (ids: readonly string[]) => void,
  ): Promise<number>
}

/** How much is asked. */
export interface QueueJob {
  /** Connections that send at the same time. */
  readonly clients: number
  readonly warmUpSeconds: number
  /** For work that has no end of its own. */
  readonly seconds: number
  /** For work that has one: what is put in and taken out. */
  readonly messages: number
  /** For work at a fixed rate. */
  readonly perSecond: number
}

/** A queue from one sender to one receiver. */
export interface Queue {
  readonly job: QueueJob
  readonly recorder: Recorder
  senders(count: number): Promise<readonly Sending[]>
  collectors(count: number): Promise<readonly Collecting[]>
  /** Puts in at least so many, the quickest way there is. @returns how many */
  fill(messages: number): Promise<number>
}

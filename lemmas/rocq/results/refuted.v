(* The register's refuted claims, each as an instance of a theorem for all constants. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority ranks backfill.
From kvcr.results Require Import unbounded unbounded_long two_at_every_alpha inverse_slack.
From kvcr.results Require Import backfill.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* abstract-5-literal *)
Theorem not_five_literally : ~ competitive volume 1 5%:R.
Proof. exact: volume_unbounded. Qed.

(* no-constant-100 *)
Theorem not_a_hundred : ~ competitive volume 1 100%:R.
Proof. exact: volume_unbounded. Qed.

(* svf-5-at-17/20: 1/(1 - 17/20) = 20/3 *)
Theorem not_five_at_17_20 : ~ competitive volume (17%:R / 20%:R) 5%:R.
Proof. by apply: inverse_slack. Qed.

(* svf-3/2-at-1/2: 2 at every alpha *)
Theorem not_three_halves_at_half : ~ competitive volume (1%:R / 2%:R) (3%:R / 2%:R).
Proof. by apply: two_at_every_alpha. Qed.

(* sjf-5-at-1/2, fcfs-5-at-1/2, peak-5-at-1/2 *)
Theorem not_five_sjf : ~ competitive sjf (1%:R / 2%:R) 5%:R.
Proof. by apply: sjf_unbounded. Qed.

Theorem not_five_fcfs : ~ competitive fcfs (1%:R / 2%:R) 5%:R.
Proof. by apply: fcfs_unbounded. Qed.

Theorem not_five_smallest_peak : ~ competitive smallest_peak (1%:R / 2%:R) 5%:R.
Proof. by apply: smallest_peak_unbounded. Qed.

(* svf-backfill-5-at-1/5 *)
Theorem not_five_backfill_at_fifth : ~ backfill_competitive volume (1%:R / 5%:R) 5%:R.
Proof. by apply: backfill_unbounded. Qed.

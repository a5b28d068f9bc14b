(* Schedules (theory.md, section 1).  A schedule of the requests rs maps a position i in rs to
   the step p i at which request i starts; what it says beyond the end of rs does not matter. *)
From mathcomp Require Import all_ssreflect.
From kvcr.behavior Require Import request.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Notation schedule := (nat -> nat).

Definition req (rs : seq request) i : request := nth (0, 0) rs i.

(* Tokens that x holds in step t when it starts at q: s + (t - q) for q < t <= q + o. *)
Definition held x q t := if q < t <= q + output x then prompt x + (t - q) else 0.

Definition occ rs (p : schedule) i t := held (req rs i) (p i) t.

(* Tokens that the first k requests hold in step t. *)
Definition load rs p k t := \sum_(i < k) occ rs p i t.

(* The KV budget M is never exceeded. *)
Definition feasible M rs p := forall t, load rs p (size rs) t <= M.

(* Total latency: the sum of the completion steps. *)
Definition cost rs (p : schedule) := \sum_(j < size rs) (p j + output (req rs j)).

(* Volumes by position, and the volume of the first k requests: v_i and V_k of theory.md. *)
Definition vol rs i := volume (req rs i).
Definition Vol rs k := \sum_(i < k) vol rs i.

Section Facts.
Variables (rs : seq request) (p : schedule).

(* Up to step T a request has held a prefix of its life. *)
Lemma held_sum x q T :
  \sum_(1 <= t < T.+1) held x q t = \sum_(1 <= k < (minn (T - q) (output x)).+1) (prompt x + k).
Proof.
elim: T => [|m IH]; first by rewrite sub0n min0n !big_geq.
rewrite big_nat_recr //= IH /held; case: (ltnP q m.+1) => /= h1.
  case: ltnP => h2.
    have e1 : m - q < output x by rewrite ltn_subLR.
    have e2 : m.+1 - q <= output x by rewrite subSn.
    by rewrite (minn_idPl e2) (minn_idPl (ltnW e1)) subSn // [RHS]big_nat_recr.
  have e1 : output x <= m - q by rewrite leq_subRL.
  have e2 : output x <= m.+1 - q by rewrite subSn // ltnW.
  by rewrite (minn_idPr e2) (minn_idPr e1) addn0.
have -> : m.+1 - q = 0 by apply/eqP; rewrite subn_eq0.
have -> : m - q = 0 by apply/eqP; rewrite subn_eq0 ltnW.
by rewrite addn0.
Qed.

Lemma occ_sum_le i T : \sum_(1 <= t < T.+1) occ rs p i t <= vol rs i.
Proof.
rewrite /occ /vol volume_sum held_sum; set o := output _; set m := minn _ _.
rewrite (@big_cat_nat _ _ _ m.+1 1 o.+1) //= ?leq_addr //.
by rewrite ltnS geq_minr.
Qed.

Lemma occ_sum_eq i T :
  p i + output (req rs i) <= T -> \sum_(1 <= t < T.+1) occ rs p i t = vol rs i.
Proof.
move=> hT; rewrite /occ /vol volume_sum held_sum.
suff -> : minn (T - p i) (output (req rs i)) = output (req rs i) by [].
by apply/minn_idPr; rewrite leq_subRL // (leq_trans _ hT) // leq_addr.
Qed.

Lemma area_le k T : \sum_(1 <= t < T.+1) load rs p k t <= Vol rs k.
Proof. by rewrite exchange_big /=; apply: leq_sum => i _; apply: occ_sum_le. Qed.

Lemma load_mono h j t : h <= j -> load rs p h t <= load rs p j t.
Proof.
move=> hj; rewrite /load -!(big_mkord xpredT (fun i => occ rs p i t)).
by rewrite (@big_cat_nat _ _ _ h 0 j) //= leq_addr.
Qed.

Lemma completion_le j : j < size rs -> p j + output (req rs j) <= cost rs p.
Proof. by move=> jn; rewrite /cost (bigD1 (Ordinal jn)) //= leq_addr. Qed.

Lemma valid_output P i : valid P rs -> i < size rs -> 0 < output (req rs i).
Proof. by move=> /(all_nthP (0, 0)) h /h /andP[]. Qed.

Lemma valid_peak P i : valid P rs -> i < size rs -> prompt (req rs i) + output (req rs i) <= P.
Proof. by move=> /(all_nthP (0, 0)) h /h /andP[]. Qed.

(* Only the starts of the first k requests matter to their load. *)
Lemma load_ext p' k t : (forall i, i < k -> p i = p' i) -> load rs p k t = load rs p' k t.
Proof. by move=> h; apply: eq_bigr => i _; rewrite /occ h. Qed.
End Facts.

(* What holds at every step of an execution with restart: what is left stays in rank order, what
   runs ran before unless it just began, and who has finished is gone. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line restart.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Lemma sorted_before (a b : seq nat) x y : sorted ltn (a ++ y :: b) -> x \in a -> x < y.
Proof.
rewrite (sorted_pairwise ltn_trans) pairwise_cat => /and3P[/allrelP h _ _] xa.
by apply: h => //; rewrite inE eqxx.
Qed.

Lemma sorted_head (a b : seq nat) x y : sorted ltn (a ++ y :: b) -> x \in y :: b -> y <= x.
Proof.
rewrite (sorted_pairwise ltn_trans) pairwise_cat => /and3P[_ _ /= /andP[/allP h _]].
by rewrite inE => /orP[/eqP->//|/h/ltnW].
Qed.

Section Invariants.
Variables (M P : nat) (order : seq request).
Hypothesis requests_valid : valid P order.
Notation n := (size order).
Notation s i := (prompt (req order i)).
Notation o i := (output (req order i)).
Notation running t := (state M order t).1.
Notation waiting t := (state M order t).2.
Notation left t := (left M order t).
Notation kept t := (kept M order t).
Notation unfinished t := (unfinished M order t).

Lemma left_sorted t : sorted ltn (left t) /\ {subset left t <= iota 0 n}.
Proof.
elim: t => [|t [st sub]]; rewrite left_step /=.
  by split=> //; apply: iota_ltn_sorted.
have sq : subseq (unzip2 (retire order t.+1 (running t)) ++ waiting t) (left t).
  by apply: cat_subseq => //; apply: map_subseq; apply: filter_subseq.
split; first exact: (subseq_sorted ltn_trans sq).
by move=> i hi; apply: sub; apply: (mem_subseq sq).
Qed.

Lemma left_uniq t : uniq (left t).
Proof. by have [st _] := left_sorted t; apply: (sorted_uniq ltn_trans ltnn). Qed.

Lemma left_shrinks t u : t <= u -> {subset left u <= left t}.
Proof.
move/subnK <-; elim: (u - t) => // d IH i; rewrite addSn left_step /= => hi.
apply: IH; move: hi; rewrite /restart.left !mem_cat
  => /orP[/mapP[x hx ->]|->]; last by rewrite orbT.
by apply/orP; left; apply: map_f; move: hx; rewrite mem_filter => /andP[].
Qed.

Lemma running_left t x : x \in running t -> x.2 \in left t.
Proof. by move=> hx; rewrite /restart.left mem_cat map_f. Qed.

(* What runs began in the past and is not over; what began earlier ran a step before. *)
Lemma running_position t x : x \in running t -> x.2 < n.
Proof. by move=> /running_left hx; have [_ /(_ _ hx)] := left_sorted t; rewrite mem_iota. Qed.

Lemma running_when t x : x \in running t -> x.1 <= t < x.1 + o x.2.
Proof.
elim: t x => [|t IH] x hx; have xn := running_position hx; have := valid_output requests_valid xn;
  move: hx; rewrite running_step mem_cat => /orP[hx|/mapP[i _ ->]] /= o0.
- by have : x \in unfinished 0 by rewrite unfinished_split mem_cat hx.
- exact: o0.
- have : x \in unfinished t.+1 by rewrite unfinished_split mem_cat hx.
  by rewrite mem_filter => /andP[-> /IH /andP[/leqW ->]].
- by rewrite leqnn -{1}[t.+1]addn0 ltn_add2l.
Qed.

Lemma running_before t x : x \in running t.+1 -> x.1 <= t -> x \in running t /\ x \in kept t.+1.
Proof.
rewrite running_step mem_cat => /orP[hx _|/mapP[i _ ->]]; last by rewrite ltnn.
have : x \in unfinished t.+1 by rewrite unfinished_split mem_cat hx.
by rewrite mem_filter => /andP[].
Qed.

Lemma running_since t T x : x \in running T -> x.1 <= t <= T -> x \in running t.
Proof.
move=> hx /andP[xt tT]; move: hx; rewrite -(subnK tT); move: (T - t) => d {T tT}.
elim: d => // d IH; rewrite addSn => /running_before h; apply: IH.
by case: h => //; apply: leq_trans xt (leq_addl _ _).
Qed.

Lemma running_unique t x y : x \in running t -> y \in running t -> x.2 = y.2 -> x = y.
Proof.
have := left_uniq t; rewrite /restart.left cat_uniq => /andP[un _] hx hy e.
have sz : size (unzip2 (running t)) = size (running t) by rewrite size_map.
move: (index x (running t)) (index y (running t)) (nth_index x hx) (nth_index x hy)
  (index_mem x (running t)) (index_mem y (running t)) => i j ei ej.
rewrite hx hy => hi hj; have ij : i == j.
  rewrite -(nth_uniq 0 _ _ un) ?sz // !(nth_map x) // ?ei ?ej ?e //.
by rewrite -ei -ej (eqP ij).
Qed.

(* Who has finished is gone. *)
Lemma finished_gone T x u : x \in running T -> x.1 + o x.2 <= T.+1 -> T < u -> x.2 \notin left u.
Proof.
move=> hx late Tu; apply/negP => /(left_shrinks Tu); rewrite left_step /= mem_cat => /orP[|hw].
  case/mapP=> y; rewrite mem_filter => /andP[yT yr] e.
  by move: yT; rewrite -(running_unique hx yr e) ltnNge late.
have run : x.2 \in unzip2 (running T) by apply: map_f.
by have := left_uniq T; rewrite /restart.left cat_uniq => /and3P[_ /hasPn /(_ _ hw) /negP []].
Qed.
End Invariants.

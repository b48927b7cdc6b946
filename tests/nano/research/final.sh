#!/bin/bash
# waits for the three families, then the study: 5 search seeds x (full, base+JA, base+MATH), 192 candidates x 120 items,
# selection 300, report 400 items of seed 20270415. Results: fam/finalN/study.json, log: study_finalN.log
cd /work/main
for s in 0 1 2; do
 ( while [ ! -e /tmp/work/nano/fam/final$s/manifest.json ]; do sleep 5; done
   PYTHONPATH=/tmp/work/nano OMP_NUM_THREADS=1 .venv/bin/python -u /tmp/work/nano/study.py /tmp/work/nano/fam/final$s look > /tmp/work/nano/look_final$s.log 2>&1
   PYTHONPATH=/tmp/work/nano OMP_NUM_THREADS=1 .venv/bin/python -u /tmp/work/nano/study.py /tmp/work/nano/fam/final$s search 5 200 120 full,ja,math 20270415 > /tmp/work/nano/study_final$s.log 2>&1 ) &
done; wait

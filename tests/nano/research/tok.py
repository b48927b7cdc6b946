import sys; sys.path.insert(0,"/tmp/work/nano")
from corpus import VOC,ja_problem,en_problem,solution
import random,time
from tokenizers import Tokenizer,Regex,models,pre_tokenizers,decoders,processors
words=sorted(VOC[4:],key=lambda w:-len(w))
import re
alt="|".join(re.escape(w) for w in words if not w.isascii())
pat=Regex(rf"[A-Za-z]+|[0-9]+|{alt}|\S")
t=Tokenizer(models.WordLevel({w:i for i,w in enumerate(VOC)},unk_token="<unk>"))
t.pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Split(pat,"removed",invert=True)])
t.decoder=decoders.Sequence([decoders.Replace(Regex(r"^(?=[A-Za-z0-9+\-=<])")," "),decoders.Fuse(),decoders.Replace(Regex(r"(?<=[^\x00-\x7f]) "),""),decoders.Strip(" ",1,0)])
t.post_processor=processors.TemplateProcessing("<bos> $A",None,[("<bos>",1)])
t.add_special_tokens(["<pad>","<bos>","<eos>","<unk>"])
r=random.Random(0)
for p in (ja_problem(r),en_problem(r)):
    ids=[VOC.index(w) for w in p["q"]+solution(p)[0]]
    s=t.decode(ids); print(repr(s)); print(t.encode(s).ids[1:]==ids, t.encode(s).tokens)
    for i in range(1,8): print(repr(t.decode(ids[-12:][:i])))

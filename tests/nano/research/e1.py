from lab import *
b=init(0); print(sum(v.numel() for v in b.values())/1e6,"M")
t=time.time(); b=train(b,BASE,1200,2.5e-3,1,wd=.05); torch.save(b,"e1_base.pt"); report(b,"base"); print(time.time()-t)
m=train(b,MATH,800,1e-3,2); torch.save(m,"e1_math.pt"); report(m,"math")
j=train(b,JA,150,3e-4,3,log=50); torch.save(j,"e1_ja.pt"); report(j,"ja"); print(time.time()-t)
for wm in (.5,.75,1,1.25):
    for wj in (.5,.75,1,1.25): report(add(b,(wm,m),(wj,j)),f"M{wm} J{wj}")

from lab import *
b=init(0); print(sum(v.numel() for v in b.values())/1e6,"M")
t=time.time(); b=train(b,BASE,900,3e-3,1,tokens=2000,wd=.05,log=100); torch.save(b,"e2_base.pt"); report(b,"base"); print(time.time()-t)
j=train(b,JA,150,4e-4,3,tokens=2000,log=50); torch.save(j,"e2_ja.pt"); report(j,"ja"); print(time.time()-t)
m=train(b,MATH,800,1e-3,2,tokens=2000); torch.save(m,"e2_math.pt"); report(m,"math")
for wm in (.5,.75,1,1.25):
    for wj in (.5,.75,1,1.25): report(add(b,(wm,m),(wj,j)),f"M{wm} J{wj}")

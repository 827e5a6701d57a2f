"""Entry points (门): every door of the platform. They translate, guard and call one operation. No SQL."""
